import { setTimeout as delay } from 'node:timers/promises';
import type { FaultSpec, Simulator } from '@todoku/simulator';
import { query } from '../cluster/sql.js';
import { eventually } from '../eventually.js';
import type { Plant } from '../plant.js';
import type { BrokenAnswers, Evidence, Strike } from './strike.js';

/** Traffic may stand still for a while for many reasons. */
const waitMs = 4000;
const passMs = 15_000;

/** How often a scripted fault has struck so far. */
const timesApplied = ({ control }: Simulator, id: number): number => control.faults().find((fault) => fault.id === id)?.applied ?? 0;

/** Requests of one kind so far, whatever was answered. */
function requests({ control }: Simulator, on: BrokenAnswers['on']): number {
  const { requests: sends, receiptRequests } = control.stats();
  return on === 'send' ? sends : receiptRequests;
}

/** Nothing is broken until something has passed: a breaker whose every probe meets a fault stays open. */
async function untilSomethingPasses(simulator: Simulator, on: BrokenAnswers['on']): Promise<void> {
  simulator.control.clearFaults();
  const before = requests(simulator, on);
  await eventually('something passes', () => Promise.resolve(requests(simulator, on) > before), { ms: passMs }).catch(() => undefined);
}

const tries = 2;

export async function breakAnswers({ simulator }: Plant, strike: BrokenAnswers): Promise<Evidence> {
  const { answer, on, times, retryAfter, delayMs, bytes, behaviour } = strike;
  const fault: FaultSpec = {
    kind: answer,
    endpoint: on,
    times,
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(delayMs === undefined ? {} : { delayMs }),
    ...(bytes === undefined ? {} : { bytes }),
    ...(behaviour === undefined ? {} : { behaviour }),
  };
  for (let i = 0; i < tries; i++) {
    const answers = await struck(simulator, fault);
    if (answers > 0) return `${answers} answers`;
    await untilSomethingPasses(simulator, on);
  }
  return null;
}

/** How often it struck; it is over then. */
async function struck(simulator: Simulator, fault: FaultSpec): Promise<number> {
  const id = simulator.control.addFault(fault);
  await eventually('it was applied', () => Promise.resolve(timesApplied(simulator, id) >= (fault.times ?? 1)), { ms: waitMs }).catch(
    () => undefined,
  );
  const times = timesApplied(simulator, id);
  simulator.control.clearFaults();
  return times;
}

/** Fewer refusals in a row than this are no storm. */
const stormy = 5;

/** Refusal upon refusal, each asking for another wait. */
export async function stormOf429({ simulator }: Plant, retryAfters: readonly string[]): Promise<Evidence> {
  const ids = retryAfters.map((retryAfter) => simulator.control.addFault({ kind: 'status_429', times: 2, retryAfter }));
  const last = ids.at(-1) ?? 0;
  await eventually('the storm is over', () => Promise.resolve(timesApplied(simulator, last) >= 2), { ms: 3 * waitMs }).catch(
    () => undefined,
  );
  const refusals = ids.reduce((sum, id) => sum + timesApplied(simulator, id), 0);
  await untilSomethingPasses(simulator, 'send');
  return refusals >= stormy ? `${refusals} refusals` : null;
}

/** Whoever holds the credentials mends them a moment later, and asks for a try at once rather than in a minute. */
export async function refuseCredentials(plant: Plant, { answer, ms }: Extract<Strike, { kind: 'refused_credentials' }>): Promise<Evidence> {
  const { simulator } = plant;
  const refused = await struck(simulator, { kind: answer, times: 1 });
  if (refused === 0) {
    await untilSomethingPasses(simulator, 'send');
    return null;
  }
  await delay(ms);
  const sql = `update push.projects set breaker_probe_at = clock_timestamp() where breaker_state = 'open' returning id`;
  // Whoever had the answer may have died before it could open the breaker.
  await eventually('the breaker was open', async () => (await query(plant.databaseUrl, sql)).length > 0, { ms: 10_000 }).catch(
    () => undefined,
  );
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
