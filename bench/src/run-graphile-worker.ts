import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import type { Drain } from './peers/child-peer.js';
import { gather } from './peers/gather.js';
import { createExpo, inParts, type PushJob, sendAll } from './peers/push-job.js';
import { obey } from './processes/obey.js';

/** graphile-worker holds a job for each notification and runs many at once; those may share requests. */
const task = 'push';
const rowsAtOnce = 10_000;
const connections = 25;

const connectionString = process.env.DATABASE_URL ?? '';
const logger = new Logger(() => () => undefined);
const utils = await makeWorkerUtils({ connectionString, logger });
await utils.migrate();

async function fill(count: number): Promise<void> {
  await inParts(count, rowsAtOnce, (jobs) => utils.addJobs(jobs.map((payload) => ({ identifier: task, payload }))));
}

/** Ends when so many jobs were sent and their completion is written. */
async function drain({ way: { concurrency = 24, localQueue = 500, perRequest = 1 }, count }: Drain): Promise<number> {
  const expo = createExpo(Math.ceil(concurrency / perRequest));
  const send = gather<PushJob>(perRequest, (jobs) => sendAll(expo, jobs));
  let completed = 0;
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const runner = await run({
    connectionString,
    logger,
    noHandleSignals: true,
    taskList: {
      [task]: async (payload) => {
        await send(payload as PushJob);
        completed += 1;
        if (completed === count) finish();
      },
    },
    preset: {
      worker: {
        concurrentJobs: concurrency,
        maxPoolSize: connections,
        localQueue: { size: localQueue },
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      },
    },
  });
  await Promise.race([finished, runner.promise]);
  await runner.stop();
  return completed;
}

obey({ fill, drain }, async () => void (await utils.release()));
