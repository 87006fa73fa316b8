import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../eventually.js';
import { mono } from '../journal.js';
import { leaseSeconds, type Plant } from '../plant.js';
import type { ProductProcess } from '../product-process.js';
import type { Evidence, MovedClock } from './strike.js';

export async function killWorker({ workers }: Plant, worker: number): Promise<Evidence> {
  return (await workers[worker]?.kill()) === true ? 'ended by SIGKILL' : null;
}

export async function killApi({ apis }: Plant, api: number): Promise<Evidence> {
  return (await apis[api]?.kill()) === true ? 'ended by SIGKILL' : null;
}

/** As a new version is rolled out: it is asked to end, and does. */
export async function endWorker({ workers }: Plant, index: number): Promise<Evidence> {
  const worker = workers[index];
  if (worker === undefined || !worker.signal('SIGTERM')) return null;
  const { pid } = worker;
  await eventually('it ended', () => Promise.resolve(worker.pid !== pid || !worker.isRunning), { ms: 15_000, everyMs: 20 });
  return `process ${pid} ended when asked to`;
}

/** Stands still past its lease, then goes on with whatever it had in hand. */
export async function freezeWorker({ workers }: Plant, index: number): Promise<Evidence> {
  const worker = workers[index];
  if (worker === undefined || !worker.signal('SIGSTOP')) return null;
  const { pid } = worker;
  await delay(100);
  const stood = worker.pid === pid && worker.isRunning && worker.isFrozen;
  await delay((leaseSeconds + 2) * 1000);
  worker.signal('SIGCONT');
  return stood ? `process ${pid} stood for ${leaseSeconds + 2} s` : null;
}

/** It stands still by itself, at a failpoint: woken when its lease is over, monotonic ms; null: it was ended meanwhile. */
export async function wakeLater(worker: ProductProcess): Promise<number | null> {
  const { pid } = worker;
  await delay((leaseSeconds + 2) * 1000);
  return worker.pid === pid && worker.isRunning && worker.signal('SIGCONT') ? mono() : null;
}

/** The last worker's clock jumps while it works, and back again. */
export async function moveWorkerClock(plant: Plant, { seconds, ms }: MovedClock): Promise<Evidence> {
  const { workerClock, workers } = plant;
  const worker = workers.at(-1);
  if (workerClock === null || worker === undefined) return null;
  const isOff = (): boolean => Math.abs((worker.lastLogTime ?? 0) - Date.now()) > (Math.abs(seconds) / 2) * 1000;
  workerClock.set(seconds);
  try {
    await eventually('its log says another time', () => Promise.resolve(worker.lastLogTime !== null && isOff()), { ms: 3 * ms }).catch(
      () => undefined,
    );
    const seen = worker.lastLogTime === null ? 0 : worker.lastLogTime - Date.now();
    const wasOff = worker.lastLogTime !== null && isOff();
    await delay(ms);
    return wasOff ? `its log was ${Math.round(seen / 1000)} s off` : null;
  } finally {
    workerClock.set(0);
  }
}
