import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sortTestFiles } from './support/test-projects.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = sortTestFiles(root, ['server', 'simulator']);

describe('a test file', () => {
  it.each([
    ['takes a database itself', 'server/test/schema.test.ts'],
    ['takes one through what it imports', 'server/test/spine/one-device.test.ts'],
    ['starts a server of the version that is asked for', 'server/src/database/embedded/launcher.test.ts'],
  ])('that %s runs on each Postgres', (_why, file) => {
    expect(files.database).toContain(file);
    expect(files.unit).not.toContain(file);
  });

  it.each(['server/src/planning/decide.test.ts', 'simulator/src/ledger/ledger.test.ts', 'server/test/test-projects.test.ts'])(
    'that needs none runs once: %s',
    (file) => {
      expect(files.unit).toContain(file);
      expect(files.database).not.toContain(file);
    },
  );

  it('with workers runs again while their statements fail, unless it is known why not', () => {
    expect(files.underFaults).toContain('server/test/spine/one-device.test.ts');
    expect(files.underFaults).not.toContain('server/src/performance/live-tuning.test.ts');
    expect(files.underFaults).not.toContain('server/test/schema.test.ts');
    expect(files.database).toContain('server/src/tokens/tend-tokens.test.ts');
    expect(files.underFaults).not.toContain('server/src/tokens/tend-tokens.test.ts');
    expect(files.database).toEqual(expect.arrayContaining([...files.underFaults]));
  });
});
