import PgBoss from 'pg-boss';
import type { Drain } from './peers/child-peer.js';
import { createExpo, inParts, type PushJob, sendAll } from './peers/push-job.js';
import { obey } from './processes/obey.js';

/**
 * pg-boss holds a job for each notification; some loops fetch a batch, hand it to the SDK, and complete it in one call. It keeps no tickets,
 * encrypts nothing and asks nobody's settings.
 */
const queue = 'push';
const rowsAtOnce = 10_000;
const mostLoops = 32;

// Connections for every loop and for its own maintenance.
const boss = new PgBoss({ connectionString: process.env.DATABASE_URL ?? '', max: mostLoops + 4, schedule: false });
boss.on('error', (error) => console.error(`pg-boss: ${error.message}`));
await boss.start();
await boss.createQueue(queue);
const expo = createExpo(mostLoops);

async function fill(count: number): Promise<void> {
  await inParts(count, rowsAtOnce, (jobs) => boss.insert(jobs.map((data) => ({ name: queue, data }))));
}

/** Ends when nothing is left to fetch. Returns how many were sent and completed. */
async function drain({ way: { loops = 1, batch = 100 } }: Drain): Promise<number> {
  const done = await Promise.all(Array.from({ length: loops }, () => drainOne(batch)));
  return done.reduce((total, count) => total + count, 0);
}

async function drainOne(batch: number): Promise<number> {
  let completed = 0;
  for (;;) {
    // By age alone: sorting by priority too costs it more.
    const jobs = await boss.fetch<PushJob>(queue, { batchSize: batch, priority: false });
    if (jobs.length === 0) return completed;
    await sendAll(
      expo,
      jobs.map((job) => job.data),
    );
    await boss.complete(
      queue,
      jobs.map((job) => job.id),
    );
    completed += jobs.length;
  }
}

obey({ fill, drain }, () => boss.stop({ graceful: false }));
