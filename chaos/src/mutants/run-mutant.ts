import { join } from 'node:path';
import { Client } from 'pg';
import { judgeEvidence } from '../check/judge-evidence.js';
import type { Verdict } from '../check/verdict.js';
import { livenessMs, play } from './stage/script.js';
import { mono, requestDeadlineMs, Stage } from './stage/stage.js';

/** A short run of a copy of the product, from an empty database to the verdict. */
export async function runShort(product: string, say: (what: string) => void): Promise<Verdict> {
  const stage = await Stage.open(product);
  try {
    const played = await play(stage, say);
    await stage.stopProduct();
    say('judging');
    return await judge(stage, played);
  } finally {
    await stage.close();
  }
}

async function judge(stage: Stage, { healedAt, idleAt }: Awaited<ReturnType<typeof play>>): Promise<Verdict> {
  const client = new Client({ connectionString: stage.databaseUrl });
  await client.connect();
  try {
    return await judgeEvidence(
      {
        seed: 0,
        replay: 'npm run chaos:mutants',
        startedAt: stage.startedAt.toISOString(),
        seconds: (mono() - stage.startedMono) / 1000,
        wallMinusMono: stage.wallMinusMono,
        requestDeadlineMs,
        healedAt,
        idleAt,
        livenessBoundMs: livenessMs,
        timeline: stage.timeline,
        hits: stage.hits(),
        memory: [],
        thawed: stage.thawed,
        disturbed: [],
        clockWrong: [],
        secrets: {
          tokens: stage.timeline.devices.map(({ token }) => token),
          keys: stage.secrets,
          files: [join(stage.folder, 'logs'), join(stage.folder, 'postgres')],
        },
        coverage: { expectedFailpoints: [], hitFailpoints: new Set(), expectedFaults: [], hitFaults: new Set(), required: false },
        atMostOnce: new Set(['once']),
      },
      client,
      stage.databaseUrl,
    );
  } finally {
    await client.end();
  }
}
