import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { obey } from './processes/obey.js';
import { freePort } from './setup/free-port.js';
import { until } from './wait.js';

/**
 * Redis beside a process that ends it when the run ends, however that ends. BENCH_REDIS: the program; BENCH_REDIS_FOLDER: for its files.
 * Persistent as BullMQ's documentation advises for production: append-only file, written to disk every second, nothing evicted.
 */
const startLimitMs = 10_000;

const port = await freePort();
const redis = spawn(
  process.env.BENCH_REDIS ?? 'redis-server',
  [
    ...['--bind', '127.0.0.1', '--port', String(port), '--dir', process.env.BENCH_REDIS_FOLDER ?? '.'],
    ...['--appendonly', 'yes', '--appendfsync', 'everysec', '--maxmemory-policy', 'noeviction', '--save', ''],
  ],
  { stdio: ['ignore', 'ignore', 'inherit'] },
);
const ended = once(redis, 'exit');

const answers = (): Promise<boolean> =>
  new Promise((resolve, reject) => {
    if (redis.exitCode !== null) reject(new Error(`redis-server ended with ${redis.exitCode}`));
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => socket.end('QUIT\r\n', () => resolve(true)));
    socket.once('error', () => resolve(false));
  });
await until(answers, 50, startLimitMs);

obey({ port: (): number => port, pid: (): number => redis.pid ?? 0 }, async () => {
  redis.kill('SIGTERM');
  await ended;
});
