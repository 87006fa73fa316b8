import { setTimeout as delay } from 'node:timers/promises';
import type { FaultSpec, Simulator } from '@todoku/simulator';
import { query } from '../cluster/sql.js';
import { eventually } from '../eventually.js';
import type { Plant } from '../plant.js';
import type { BrokenAnswers, Evidence, Strike } from './strike.js';

/** Traffic may stand still for a while for many reasons: what has not struck by then may strike until the next one is due. */
const waitMs = 4000;

/** How often a scripted fault has struck so far. */
export const timesApplied = ({ control }: Simulator, id: number): number => control.faults().find((fault) => fault.id === id)?.applied ?? 0;

/** The fault's number at the simulator, for whoever looks later, too. */
export async function breakAnswers(
  { simulator }: Plant,
  { answer, on, times, retryAfter, delayMs, bytes, behaviour }: BrokenAnswers,
): Promise<number> {
  // One after the other: a heap of them would meet whatever comes first after a standstill.
  simulator.control.clearFaults();
  const id = simulator.control.addFault({
    kind: answer,
    endpoint: on,
    times,
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(delayMs === undefined ? {} : { delayMs }),
    ...(bytes === undefined ? {} : { bytes }),
    ...(behaviour === undefined ? {} : { behaviour }),
  });
  await struck(simulator, id, times);
  return id;
}

async function struck(simulator: Simulator, id: number, times: number): Promise<number> {
  await eventually('it was applied', () => Promise.resolve(timesApplied(simulator, id) >= times), { ms: waitMs }).catch(() => undefined);
  return timesApplied(simulator, id);
}

/** Fewer refusals in a row than this are no storm. */
const stormy = 5;

/** Refusal upon refusal, each asking for another wait. */
export async function stormOf429({ simulator }: Plant, retryAfters: readonly string[]): Promise<Evidence> {
  simulator.control.clearFaults();
  const ids = retryAfters.map((retryAfter) => simulator.control.addFault({ kind: 'status_429', times: 2, retryAfter }));
  const last = ids.at(-1) ?? 0;
  await eventually('the storm is over', () => Promise.resolve(timesApplied(simulator, last) >= 2), { ms: 3 * waitMs }).catch(
    () => undefined,
  );
  const refusals = ids.reduce((sum, id) => sum + timesApplied(simulator, id), 0);
  return refusals >= stormy ? `${refusals} refusals` : null;
}

/** Whoever holds the credentials mends them a moment later, and asks for a try at once rather than in a minute. */
export async function refuseCredentials(plant: Plant, { answer, ms }: Extract<Strike, { kind: 'refused_credentials' }>): Promise<Evidence> {
  const { simulator } = plant;
  const fault: FaultSpec = { kind: answer, times: 1 };
  simulator.control.clearFaults();
  const refused = await struck(simulator, simulator.control.addFault(fault), 1);
  if (refused === 0) return null;
  await delay(ms);
  const sql = `update push.projects set breaker_probe_at = clock_timestamp() where breaker_state = 'open' returning id`;
  await eventually('the breaker was open', async () => (await query(plant.databaseUrl, sql)).length > 0, { ms: 10_000 });
  return `refused once, mended after ${ms} ms`;
}

/** What is taken meanwhile has its receipt later than it is asked for. */
export async function delayReceipts({ simulator }: Plant, { delayMs, ms }: Extract<Strike, { kind: 'receipts_late' }>): Promise<Evidence> {
  const taken = (): number => simulator.control.stats().accepted;
  const before = taken();
  simulator.control.change({ receiptDelayMs: delayMs });
  await delay(ms);
  const late = taken() - before;
  await delay(delayMs - ms);
  simulator.control.change({ receiptDelayMs: 0 });
  return late > 0 ? `${late} tickets with receipts after ${delayMs} ms` : null;
}
