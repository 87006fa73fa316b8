import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readEvidence } from './read-evidence.js';
import type { RunFile } from './run-files.js';

const run: RunFile = {
  seed: 3,
  replay: 'npm run chaos -- --seed 3',
  startedAt: '2026-11-24T03:00:00Z',
  seconds: 60,
  wallMinusMono: 1000,
  requestDeadlineMs: 1500,
  healedAt: 50,
  idleAt: null,
  livenessBoundMs: 60_000,
  keys: [['admin key', 'td_x']],
  product: ['/nowhere'],
  migrations: '/nowhere/migrations',
  atMostOnce: ['once'],
  expectedFailpoints: ['after_claim', 'receipt_poll'],
  expectedFaults: ['SIGSTOP'],
  coverageRequired: true,
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chaos-records-'));
  await writeFile(join(folder, 'run.json'), JSON.stringify(run));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (file: string, ...lines: object[]): Promise<void> =>
  writeFile(join(folder, file), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));

it('joins the files of a run, and leaves out a line that a crash has torn', async () => {
  const act = { from: 1, to: 2, answered: 'done' };
  await write(
    'load.jsonl',
    { record: 'device', kind: 'register', userId: 'u', token: 'ExponentPushToken[x]', ...act },
    { record: 'switch', name: 'pause', stops: true, from: 3, to: null, answered: 'unknown' },
    { record: 'failure', at: 4, what: 'POST /', status: 500 },
  );
  await appendFile(join(folder, 'load.jsonl'), '{"record":"device","kind":"reg');
  await write('provider.jsonl', { run: 'a1', request: 7, token: 'ExponentPushToken[x]', deliveryId: '5', accepted: true });
  await write(
    'nemesis.jsonl',
    { fault: 'SIGSTOP', kind: 'fault', from: 10, to: 20, freezes: true },
    { fault: 'after_claim', kind: 'failpoint', from: 5, to: null },
    { fault: 'database_clock_behind', kind: 'fault', from: 30, to: 40, freezes: false, clockOffMs: -27_000 },
  );
  const evidence = await readEvidence(folder);
  expect(evidence.timeline).toMatchObject({
    devices: [{ token: 'ExponentPushToken[x]', to: 2 }],
    switches: [{ to: Number.POSITIVE_INFINITY }],
    failures: [{ status: 500 }],
    submissions: [],
  });
  expect(evidence.hits).toMatchObject([{ request: 'a1/7', deliveryId: '5' }]);
  expect(evidence.thawed).toEqual([{ from: 10, to: 1520 }]);
  expect(evidence).toMatchObject({
    disturbed: [],
    clockWrong: [{ from: 30, to: 40, offMs: -27_000 }],
    memory: [],
    idleAt: null,
    secrets: { tokens: ['ExponentPushToken[x]'], files: ['/nowhere'] },
  });
  expect(evidence.coverage).toMatchObject({
    hitFailpoints: new Set(['after_claim']),
    hitFaults: new Set(['SIGSTOP', 'database_clock_behind']),
    required: true,
  });
});

it('refuses a folder without a run', async () => {
  await expect(readEvidence(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
});
