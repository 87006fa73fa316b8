import { Expo } from 'expo-server-sdk';
import PgBoss from 'pg-boss';
import { obey } from './processes/obey.js';
import { message, secondsToLive, tokenOf } from './setup/messages.js';
import type { PeerWay } from './throughput/peer.js';

/**
 * What one would otherwise write: pg-boss holds a job for each notification; some loops fetch a batch, hand it to the SDK, and complete it
 * in one call. It keeps no tickets, encrypts nothing and asks nobody's settings.
 */
const queue = 'push';
const rowsAtOnce = 10_000;
const mostLoops = 32;

interface PushJob {
  readonly to: string;
  readonly title: string;
  readonly body: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly ttl: number;
  readonly priority: 'high';
}

// Connections for every loop and for its own maintenance.
const boss = new PgBoss({ connectionString: process.env.DATABASE_URL ?? '', max: mostLoops + 4, schedule: false });
boss.on('error', (error) => console.error(`pg-boss: ${error.message}`));
await boss.start();
await boss.createQueue(queue);
const expo = new Expo({ maxConcurrentRequests: mostLoops });

async function fill(count: number): Promise<void> {
  for (let from = 0; from < count; from += rowsAtOnce) {
    const rows = Math.min(rowsAtOnce, count - from);
    await boss.insert(Array.from({ length: rows }, (_, i) => ({ name: queue, data: jobOf(from + i) })));
  }
}

function jobOf(n: number): PushJob {
  const { title, body, screen } = message;
  return { to: tokenOf(n), title, body, data: { screen, n, _deliveryId: String(n) }, ttl: secondsToLive, priority: 'high' };
}

/** Ends when nothing is left to fetch. Returns how many were sent and completed. */
async function drain({ loops, batch }: PeerWay): Promise<number> {
  const done = await Promise.all(Array.from({ length: loops }, () => drainOne(batch)));
  return done.reduce((total, count) => total + count, 0);
}

async function drainOne(batch: number): Promise<number> {
  let completed = 0;
  for (;;) {
    // By age alone: sorting by priority too costs it more.
    const jobs = await boss.fetch<PushJob>(queue, { batchSize: batch, priority: false });
    if (jobs.length === 0) return completed;
    // Of a hundred messages it makes one request.
    const requests = expo.chunkPushNotifications(jobs.map((job) => job.data));
    const tickets = await Promise.all(requests.map((messages) => expo.sendPushNotificationsAsync(messages)));
    if (tickets.flat().some((ticket) => ticket.status !== 'ok')) throw new Error('the simulator refused a message');
    await boss.complete(
      queue,
      jobs.map((job) => job.id),
    );
    completed += jobs.length;
  }
}

obey({ fill, drain }, () => boss.stop({ graceful: false }));
