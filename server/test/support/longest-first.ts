import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take a minute or more, the longest first. */
const long: readonly RegExp[] = [
  /\/server\/test\/manual\/manual\./,
  /\/bench\/src\/smoke\./,
  /\/server\/test\/(?:cli|crash)\//,
  /\/launcher\./,
];

/**
 * Begins with what takes long, so that nothing of it is left when all else is done and the other workers have nothing to do. Where no run is
 * remembered, as in CI, vitest goes by the size of the files and by their project, and the benchmark's own test came last and alone.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const found = long.findIndex((pattern) => pattern.test(moduleId));
      return found < 0 ? long.length : found;
    };
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}
