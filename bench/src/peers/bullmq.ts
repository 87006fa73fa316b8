import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../bench.js';
import { cpuSeconds } from '../processes/cpu.js';
import { childPeer } from './child-peer.js';
import { findProgram } from './find-program.js';
import { type Line, type Peer, PeerMissing } from './peer.js';

/** A job for each notification, each with a request of its own, as its documentation shows it (batches are a part of its paid edition). */
const plain: Line = {
  id: 'bullmq',
  documented: true,
  title: 'bullmq on Redis + expo-server-sdk',
  ways: [50, 200].map((concurrency) => ({ concurrency, perRequest: 1 })),
  share: 0.1,
};

/** Jobs that run at once share requests (`gather.ts`). */
const shared: Line = {
  id: 'bullmq.shared',
  documented: false,
  title: 'bullmq on Redis + expo-server-sdk, requests shared by our own code',
  ways: [100, 300, 1000].map((concurrency) => ({ concurrency, perRequest: 100 })),
};

/** `run-bullmq.ts`, with a Redis of its own (`run-redis.ts`). Throws `PeerMissing` when there is no Redis. */
export async function startBullmq(bench: Bench): Promise<Peer> {
  const program = findProgram('redis-server', process.env.PATH ?? '');
  if (program === null) {
    throw new PeerMissing('bullmq was not measured: there is no redis-server on PATH (Debian: apt-get install redis-server)');
  }
  const folder = mkdtempSync(join(bench.postgres.folder, 'redis-'));
  const redis = await bench.processes.start({ module: 'run-redis', env: { BENCH_REDIS: program, BENCH_REDIS_FOLDER: folder } });
  const [port, pid] = [await redis.ask<number>('port'), await redis.ask<number>('pid')];
  return childPeer(bench, {
    name: 'bullmq',
    lines: [plain, shared],
    comparable: true,
    process: { module: 'run-bullmq', env: { BENCH_REDIS_PORT: String(port), EXPO_BASE_URL: bench.simulator.url } },
    storeName: 'Redis',
    store: { cpu: () => cpuSeconds(pid), writtenBytes: () => writtenBytes(pid) },
    clear: (child) => child.ask('clear', undefined, clearLimitMs),
    settle: async () => undefined,
    async verify(_count, child) {
      const left = await child.ask<number>('left');
      if (left !== 0) throw new Error(`bullmq left ${left} jobs`);
    },
    close: () => redis.stop(),
  });
}

const clearLimitMs = 300_000;

function writtenBytes(pid: number): number {
  try {
    return Number(/^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'latin1'))?.[1] ?? Number.NaN);
  } catch {
    return Number.NaN;
  }
}
