import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NemesisLine, RunFile } from '../../check/run-files.js';
import { livenessMs, type Played } from './script.js';
import { mono, requestDeadlineMs, type Stage } from './stage.js';

/** The records that the checker reads, in the stage's folder. The simulator has written its own. */
export async function writeRecords(stage: Stage, { healedAt, idleAt }: Played): Promise<void> {
  const run: RunFile = {
    seed: 0,
    replay: 'npm run chaos:mutants',
    startedAt: stage.startedAt.toISOString(),
    seconds: (mono() - stage.startedMono) / 1000,
    wallMinusMono: stage.wallMinusMono,
    requestDeadlineMs,
    healedAt,
    idleAt,
    livenessBoundMs: livenessMs,
    keys: stage.secrets,
    product: [join(stage.folder, 'logs'), join(stage.folder, 'postgres')],
    migrations: stage.migrations,
    atMostOnce: ['once'],
    expectedFailpoints: [],
    expectedFaults: [],
    coverageRequired: false,
  };
  const { timeline } = stage;
  const load = [
    ...timeline.submissions.map((act) => ({ record: 'submission', ...act })),
    ...timeline.devices.map((act) => ({ record: 'device', ...act })),
    ...timeline.settings.map((act) => ({ record: 'settings', ...act })),
    ...timeline.switches.map((act) => ({ record: 'switch', ...act })),
    ...timeline.broadcasts.map((act) => ({ record: 'broadcast', ...act })),
    ...timeline.bad.map((act) => ({ record: 'bad', ...act })),
    ...timeline.failures.map((failure) => ({ record: 'failure', ...failure })),
  ];
  const nemesis = stage.frozen.map(({ from, to }): NemesisLine => ({ fault: 'SIGSTOP', kind: 'fault', from, to, freezes: true }));
  await writeFile(join(stage.records, 'run.json'), JSON.stringify(run));
  // An act without an answer ends at Infinity, which JSON writes as null: as the checker reads it.
  await writeFile(join(stage.records, 'load.jsonl'), lines(load));
  await writeFile(join(stage.records, 'nemesis.jsonl'), lines(nemesis));
}

const lines = (values: readonly object[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');
