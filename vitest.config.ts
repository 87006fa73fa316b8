import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './server/test/support/longest-first.js';
import { sortTestFiles } from './server/test/support/test-projects.js';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
/** Of the tests that say so in server/test/support/faults, with statements and connections that fail. */
const faults = process.env.TEST_DATABASE_FAULTS !== undefined;
const files = sortTestFiles(path('.'), ['server', 'simulator', 'bench', 'chaos', 'scripts']);

export default defineConfig({
  define: { FAILPOINTS: 'true' },
  resolve: {
    alias: { '@todoku/simulator': path('./simulator/src/simulator.ts') },
  },
  test: {
    pool: 'forks',
    // No module keeps state, so files may share a process.
    isolate: false,
    // Tests wait for processes and answers more than they compute.
    maxWorkers: Math.max(3, availableParallelism()),
    sequence: { sequencer: LongestFirst },
    // Those that say so run at once, in one file: each has processes.
    maxConcurrency: 3,
    testTimeout: faults ? 300_000 : 120_000,
    hookTimeout: 120_000,
    restoreMocks: true,
    // As server/test/support/patience.ts.
    setupFiles: './server/test/support/patience.ts',
    expect: { poll: { timeout: faults ? 60_000 : 15_000 } },
    projects: [
      ...(faults ? [] : [{ extends: true as const, test: { name: 'unit', include: [...files.unit] } }]),
      {
        extends: true,
        test: {
          name: 'database',
          include: [...(faults ? files.underFaults : files.database)],
          globalSetup: './server/test/support/global-setup.ts',
        },
      },
    ],
  },
});
