import { Queue, Worker } from 'bullmq';
import type { Drain } from './peers/child-peer.js';
import { gather } from './peers/gather.js';
import { createExpo, inParts, type PushJob, sendAll } from './peers/push-job.js';
import { obey } from './processes/obey.js';

/** BullMQ holds a job for each notification and runs many at once; those may share requests. BENCH_REDIS_PORT: of its Redis. */
const name = 'push';
const rowsAtOnce = 5_000;
/** Its documentation: keep a handful of completed jobs. */
const kept = 1000;

// What it advises for workers: wait for Redis rather than fail.
const connection = { host: '127.0.0.1', port: Number(process.env.BENCH_REDIS_PORT), maxRetriesPerRequest: null };
const queue = new Queue(name, { connection });

async function fill(count: number): Promise<void> {
  await inParts(count, rowsAtOnce, (jobs) => queue.addBulk(jobs.map((data) => ({ name, data }))));
}

async function clear(): Promise<void> {
  await queue.obliterate({ force: true });
}

/** Jobs that are not completed, and those that failed. */
async function left(): Promise<number> {
  const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'failed', 'prioritized');
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

/** Ends when so many were sent and completed. */
async function drain({ way: { concurrency = 100, perRequest = 1 }, count }: Drain): Promise<number> {
  const expo = createExpo(Math.ceil(concurrency / perRequest));
  const send = gather<PushJob>(perRequest, (jobs) => sendAll(expo, jobs));
  const worker = new Worker<PushJob>(name, (job) => send(job.data), { connection, concurrency, removeOnComplete: { count: kept } });
  let completed = 0;
  await new Promise<void>((resolve, reject) => {
    worker.on('completed', () => {
      completed += 1;
      if (completed === count) resolve();
    });
    worker.on('failed', (_job, error) => reject(error));
    worker.on('error', reject);
  });
  await worker.close();
  return completed;
}

obey({ fill, clear, left, drain }, () => queue.close());
