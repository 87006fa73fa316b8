import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from '../bench.js';
import { measuredTitle, message } from '../setup/messages.js';
import type { ProductDatabase } from '../setup/product-database.js';
import { until } from '../wait.js';

/** Milliseconds from the two ends of the insert to the arrival of the provider request. */
export interface Latencies {
  readonly fromCommit: readonly number[];
  /** From when the statement was sent: the commit itself included. */
  readonly fromInsert: readonly number[];
}

export interface Singles {
  /** Goes into the titles: tells these from others. */
  readonly name: string;
  readonly type: string;
  /** One of them each. */
  readonly users: readonly string[];
  /** True: no more of them than the first few, which are always sent. */
  readonly enough?: () => Promise<boolean>;
}

const insert = {
  name: 'insert_single',
  text: 'insert into notifications (user_id, type, title, message, data) values ($1, $2, $3, $4, $5)',
};
const longestPauseMs = 80;
const pollMs = 50;
const arrivalLimitMs = 60_000;
/** For questions in between: asking costs time that would show. */
const askEvery = 10;

/** CLOCK_MONOTONIC, which the simulator's arrivals are in too. */
const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Inserts single notifications with random pauses between, each committed for itself, and holds them against what arrived. */
export async function sendSingles(bench: Bench, { admin }: ProductDatabase, singles: Singles): Promise<Latencies> {
  const { name, type, users, enough } = singles;
  const sent: { title: string; insertedAt: number; committedAt: number }[] = [];
  for (const [i, user] of users.entries()) {
    if (i > 0 && i % askEvery === 0 && (await enough?.())) break;
    const title = `${measuredTitle}${name} ${i}`;
    const insertedAt = monotonicMs();
    await admin.query(insert, [user, type, title, message.body, '{}']);
    sent.push({ title, insertedAt, committedAt: monotonicMs() });
    await delay(Math.random() * longestPauseMs);
  }
  await until(async () => (await bench.simulator.arrivals()).size >= sent.length, pollMs, arrivalLimitMs);
  const arrivals = await bench.simulator.arrivals();
  const since = (title: string, from: number): number => (arrivals.get(title) ?? Number.NaN) - from;
  return {
    fromCommit: sent.map(({ title, committedAt }) => since(title, committedAt)),
    fromInsert: sent.map(({ title, insertedAt }) => since(title, insertedAt)),
  };
}
