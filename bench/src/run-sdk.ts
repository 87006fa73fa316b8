import type { Drain } from './peers/child-peer.js';
import { createExpo, jobOf, type PushJob, sendAll } from './peers/push-job.js';
import { obey } from './processes/obey.js';

/** Expo's SDK alone: messages from memory, nothing kept, nothing recorded. No queue that hands its messages to the SDK is faster. */
let jobs: PushJob[] = [];

function fill(count: number): void {
  jobs = Array.from({ length: count }, (_, n) => jobOf(n));
}

async function drain({ way: { requests = 6 } }: Drain): Promise<number> {
  await sendAll(createExpo(requests), jobs);
  return jobs.length;
}

obey({ fill, drain });
