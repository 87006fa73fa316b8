import type { Database } from '../database/database.js';
import { bringBackFutureAnchors } from '../delivery/future-anchors.js';
import type { Logger } from '../logging/logger.js';
import { proveWhenDue } from '../monitoring/continuous-proof.js';
import { rollUpLedger } from '../monitoring/ledger.js';
import { pruneMinutes, rollUpTallies } from '../monitoring/tallies.js';
import { tendStrayChunks } from '../notifications/broadcasts/broadcast-chunks.js';
import { BroadcastFanOut } from '../notifications/broadcasts/fan-out.js';
import { pruneClaimedIds } from '../notifications/claimed-ids.js';
import { pruneIdempotencyKeys } from '../notifications/idempotency.js';
import type { Quarantine } from '../tokens/quarantine.js';
import { recountTokens, rollUpTokenTally } from '../tokens/token-tally.js';
import { pruneTraceContexts } from '../tracing/trace-contexts.js';
import type { Duty } from './worker.js';

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
const BATCH = 5000;

/** Users who got nothing for a day have no history that matters: the longest windows are behind them. Entries that still count stay. */
const forgetRecent = /* sql */ `
delete from push.user_recent where user_id in (
  select user_id from push.user_recent
  where updated_at < now() - interval '1 day' and pace_until < now() and not exists (select from unnest(untils) u where u > now())
  limit ${BATCH} for update skip locked)
returning 1`;

/** For what does all there is at once. */
const allDone = async (work: Promise<unknown>): Promise<boolean> => {
  await work;
  return false;
};

interface DutyParts {
  readonly database: Database;
  readonly quarantine: Quarantine;
  readonly log: Logger;
}

/** What a worker does beside planning and delivery. Several workers may do each at once: it has a lock of its own or skips what another holds. */
export function workerDuties({ database, quarantine, log }: DutyParts): Duty[] {
  const fanOut = new BroadcastFanOut({ database, log });
  const duty = (name: string, everyMs: number, run: () => Promise<boolean>): Duty => ({ name, everyMs, run });
  return [
    duty('broadcasts', SECOND_MS, () => fanOut.run()),
    duty('stray chunks', 10 * SECOND_MS, () => allDone(tendStrayChunks(database))),
    duty('clock set back', 5 * SECOND_MS, () => allDone(bringBackFutureAnchors(database, log))),
    duty('ledger roll-up', 5 * SECOND_MS, async () => (await rollUpLedger(database, BATCH)) === BATCH),
    duty('tally roll-up', 5 * SECOND_MS, async () => (await rollUpTallies(database, BATCH)) === BATCH),
    duty('token tally', 10 * SECOND_MS, async () => (await rollUpTokenTally(database, BATCH)) === BATCH),
    duty('token count', HOUR_MS, () => allDone(recountTokens(database))),
    duty('minutes', HOUR_MS, async () => (await pruneMinutes(database, BATCH)) === BATCH),
    duty('ledger proof', 10 * SECOND_MS, () => proveWhenDue(database, log)),
    duty('quarantine', HOUR_MS, () => allDone(quarantine.expire())),
    duty('idempotency keys', HOUR_MS, async () => (await pruneIdempotencyKeys(database, BATCH)) === BATCH),
    duty('claimed ids', HOUR_MS, async () => (await pruneClaimedIds(database, BATCH)) === BATCH),
    duty('trace contexts', HOUR_MS, async () => (await pruneTraceContexts(database, BATCH)) === BATCH),
    duty('recent history', HOUR_MS, async () => (await database.query(forgetRecent)).length === BATCH),
    duty('partitions', HOUR_MS, () => allDone(database.query('select push.ensure_partitions()'))),
  ];
}
