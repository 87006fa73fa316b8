import type { Verdict } from '../check/verdict.js';

/** A verdict for the terminal, line by line. */
export function tell({ truths, coverage, figures, clean, replay }: Verdict): string[] {
  const { failpointsHit, failpointsMissed, faultsHit, faultsMissed } = coverage;
  const list = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(' '));
  return [
    ...truths.flatMap(({ truth, name, holds, examined, findings }) => [
      `${holds ? 'holds ' : 'BROKEN'} ${truth} ${name} (${examined})`,
      ...findings.map(({ rule, count, examples }) => `         ${rule} ×${count}: ${examples[0] ?? ''}`),
    ]),
    Object.entries(figures)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
    `failpoints hit: ${list(failpointsHit)}; missed: ${list(failpointsMissed)}`,
    `faults hit: ${list(faultsHit)}; missed: ${list(faultsMissed)}`,
    `${clean ? 'clean' : 'NOT CLEAN'}; again with: ${replay}`,
  ];
}
