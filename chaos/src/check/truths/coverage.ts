import type { CoverageVerdict } from '../verdict.js';

export interface CoverageEvidence {
  readonly expectedFailpoints: readonly string[];
  readonly hitFailpoints: ReadonlySet<string>;
  readonly expectedFaults: readonly string[];
  readonly hitFaults: ReadonlySet<string>;
}

/** A fault that never struck has proved nothing. */
export function judgeCoverage({ expectedFailpoints, hitFailpoints, expectedFaults, hitFaults }: CoverageEvidence): CoverageVerdict {
  const failpointsMissed = expectedFailpoints.filter((name) => !hitFailpoints.has(name));
  const faultsMissed = expectedFaults.filter((name) => !hitFaults.has(name));
  return {
    complete: failpointsMissed.length === 0 && faultsMissed.length === 0,
    failpointsHit: [...hitFailpoints].sort(),
    failpointsMissed,
    faultsHit: [...hitFaults].sort(),
    faultsMissed,
  };
}
