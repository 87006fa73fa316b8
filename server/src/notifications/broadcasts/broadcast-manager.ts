import { plainArray } from '../../database/array-literal.js';
import type { Database, Queryable } from '../../database/database.js';
import { parseInput } from '../../errors/parse-input.js';
import { TodokuError } from '../../errors/todoku-error.js';
import { readLedger } from '../../monitoring/ledger.js';
import { recordAct } from '../../security/audit.js';
import { countKnown, countListed, countRecipients, filterParameters, type StoredAudience } from './audience-sql.js';
import { endWaitingChunks, parkChunks, takeTurn, unparkChunks } from './broadcast-chunks.js';
import { type Audience, audienceSchema, type BroadcastInput, broadcastInputSchema, recipientsSchema } from './broadcast-input.js';
import { progressOf } from './broadcast-progress.js';
import type { Broadcast, BroadcastProgress, BroadcastState, By, Counted } from './broadcast-types.js';

const columns = /* sql */ `
  id, state, type, title, lane, audience, send_at as "sendAt", expires_at as "expiresAt", estimate, created, created_by as "createdBy",
  created_at as "createdAt", started_at as "startedAt", finished_at as "finishedAt"`;

/** One message to many. Making the rows is the fan-out's work (`fan-out.ts`); here are the acts of people, each of them in the audit. */
export class BroadcastManager {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Whom an audience would reach now. Throws INVALID_INPUT with the field's path. */
  async preview(audience: unknown): Promise<Counted> {
    return await this.#count(parseInput(audienceSchema, audience, 'audience'));
  }

  /** Throws INVALID_INPUT or PAYLOAD_TOO_BIG with the field's path. */
  async create(input: unknown, by: By, options: { readonly start?: boolean } = {}): Promise<Broadcast> {
    const broadcast = parseInput(broadcastInputSchema, input);
    if (await isPast(this.#database, broadcast.expiresAt ?? null))
      throw new TodokuError('INVALID_INPUT', { message: 'expiresAt: must be in the future', path: 'expiresAt' });
    const { users } = await this.#count(broadcast.audience);
    return await this.#database.transaction(async (tx) => {
      const id = await insertBroadcast(tx, broadcast, users, by.actor);
      if (broadcast.audience.kind === 'list') await insertRecipients(tx, id, broadcast.audience.userIds);
      const { type, title, lane } = broadcast;
      const details = { type, title, lane, audience: stored(broadcast.audience), users };
      await recordAct(tx, { ...by, action: 'broadcasts.create', target: `broadcast:${id}`, details });
      if (options.start === true) return await start(tx, id, users, by);
      return await find(tx, id);
    });
  }

  /** Adds users to the list of a draft. Those that are in it already stay in it once. Returns how many are in it now. */
  async appendRecipients(id: number, userIds: unknown, by: By): Promise<number> {
    const { userIds: ids } = parseInput(recipientsSchema, { userIds });
    return await this.#database.transaction(async (tx) => {
      const broadcast = await lock(tx, id, ['draft'], 'add users to');
      if (broadcast.audience.kind !== 'list')
        throw new TodokuError('CONFLICT', { message: `Broadcast ${id} goes to ${broadcast.audience.kind}, not to a list.` });
      await insertRecipients(tx, id, ids);
      const [row] = await tx.query<{ n: number }>('select count(*) as n from push.broadcast_recipients where broadcast_id = $1', [id]);
      await tx.query('update push.broadcasts set estimate = $2, updated_at = now() where id = $1', [id, row?.n]);
      const details = { users: ids.length, listed: row?.n ?? 0 };
      await recordAct(tx, { ...by, action: 'broadcasts.append', target: `broadcast:${id}`, details });
      return details.listed;
    });
  }

  /** Throws NOT_FOUND, or CONFLICT when it is not a draft; a list must not be empty. */
  async start(id: number, by: By): Promise<Broadcast> {
    const { audience } = await find(this.#database, id);
    const { users } = await this.#countStored(id, audience);
    return await this.#database.transaction(async (tx) => await start(tx, id, users, by));
  }

  /**
   * No more rows are made, and what waits is parked in the same commit; what is on the wire finishes. Pausing what is paused changes nothing.
   * Throws NOT_FOUND, CONFLICT.
   */
  async pause(id: number, by: By): Promise<Broadcast> {
    return await this.#database.transaction(async (tx) => {
      const { state } = await lock(tx, id, ['running', 'done', 'paused'], 'pause');
      if (state !== 'paused') {
        await tx.query("update push.broadcasts set state = 'paused', updated_at = clock_timestamp() where id = $1", [id]);
        const chunks = await parkChunks(tx, id);
        await recordAct(tx, { ...by, action: 'broadcasts.pause', target: `broadcast:${id}`, details: { chunks } });
      }
      return await find(tx, id);
    });
  }

  /** Throws NOT_FOUND, CONFLICT. Resuming what is not paused changes nothing. */
  async resume(id: number, by: By): Promise<Broadcast> {
    return await this.#database.transaction(async (tx) => {
      const { state } = await lock(tx, id, ['running', 'done', 'paused'], 'resume');
      if (state === 'paused') {
        await tx.query(
          /* sql */ `
          update push.broadcasts set state = case when finished_at is null then 'running' else 'done' end, updated_at = clock_timestamp()
          where id = $1`,
          [id],
        );
        const chunks = await unparkChunks(tx, id);
        await recordAct(tx, { ...by, action: 'broadcasts.resume', target: `broadcast:${id}`, details: { chunks } });
      }
      return await find(tx, id);
    });
  }

  /**
   * For good: from its commit on nothing of it is claimed. What waits in the queue is ended as cancelled at once, what is not yet planned or
   * held when its turn comes; what is on the wire finishes. One of which everything has ended stays done: there is nothing to withdraw. Throws
   * NOT_FOUND.
   */
  async cancel(id: number, by: By): Promise<Broadcast> {
    await this.#database.transaction(async (tx) => {
      const { state } = await lock(tx, id, ['draft', 'running', 'done', 'paused', 'cancelled'], 'cancel');
      if (state === 'cancelled' || (state === 'done' && (await hasEnded(tx, id)))) return;
      await tx.query(
        /* sql */ `
        update push.broadcasts set state = 'cancelled', finished_at = coalesce(finished_at, clock_timestamp()), updated_at = clock_timestamp()
        where id = $1`,
        [id],
      );
      // A claim under way judges the broadcast by an older snapshot, but a chunk by its row as it is now.
      await parkChunks(tx, id);
      await recordAct(tx, { ...by, action: 'broadcasts.cancel', target: `broadcast:${id}`, details: { state } });
    });
    // Should this be interrupted, the workers end the rest (tendStrayChunks).
    await endWaitingChunks(this.#database, id);
    return await find(this.#database, id);
  }

  /** Throws NOT_FOUND. */
  async get(id: number): Promise<Broadcast & { readonly progress: BroadcastProgress }> {
    const broadcast = await find(this.#database, id);
    const { rows, at } = await readLedger(this.#database, { broadcastId: id });
    const [row] = rows;
    if (row === undefined) throw new Error('a ledger without a row');
    return { ...broadcast, progress: progressOf(broadcast, row, at) };
  }

  /** The latest first. */
  async list(which: { readonly state?: BroadcastState; readonly limit?: number } = {}): Promise<Broadcast[]> {
    return await this.#database.query<Broadcast>(
      `select ${columns} from push.broadcasts where $1::text is null or state = $1 order by id desc limit $2`,
      [which.state ?? null, Math.min(1000, Math.max(1, which.limit ?? 50))],
    );
  }

  async #count(audience: Audience): Promise<Counted> {
    return audience.kind === 'list'
      ? await this.#ask(countListed, [plainArray(audience.userIds)])
      : await this.#ask(countKnown, filterParameters(audience));
  }

  async #countStored(id: number, audience: StoredAudience): Promise<Counted> {
    return audience.kind === 'list' ? await this.#ask(countRecipients, [id]) : await this.#ask(countKnown, filterParameters(audience));
  }

  async #ask(sql: string, parameters: unknown[]): Promise<Counted> {
    const [counted] = await this.#database.query<Counted & object>(sql, parameters);
    return counted ?? { users: 0, reachable: 0 };
  }
}

/** No notification of it waits, and no delivery can come back: not even a receipt is awaited that could say to send again. */
async function hasEnded(tx: Queryable, id: number): Promise<boolean> {
  const [row] = (await readLedger(tx, { broadcastId: id })).rows;
  if (row === undefined) return false;
  return row.outbox + row.held + row.queued + row.delayed + row.parked + row.sending + row.awaitingReceipt === 0;
}

function stored(audience: Audience): StoredAudience {
  return audience.kind === 'list' ? { kind: 'list' } : audience;
}

/** By the database's clock, which decides on the expiry later. */
async function isPast(database: Queryable, time: Date | null): Promise<boolean> {
  if (time === null) return false;
  const [row] = await database.query<{ past: boolean }>('select $1::timestamptz <= now() as past', [time]);
  return row?.past === true;
}

async function insertBroadcast(tx: Queryable, broadcast: BroadcastInput, users: number, actor: string): Promise<number> {
  const { type, title, message, data, push, collapseKey, lane, sendAt, expiresAt } = broadcast;
  const [row] = await tx.query<{ id: number }>(
    /* sql */ `
    insert into push.broadcasts (type, title, message, data, push, collapse_key, lane, audience, send_at, expires_at, estimate, created_by)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning id`,
    [
      ...[type, title, message, JSON.stringify(data), push ? JSON.stringify(push) : null, collapseKey ?? null, lane],
      ...[JSON.stringify(stored(broadcast.audience)), sendAt ?? null, expiresAt ?? null, users, actor],
    ],
  );
  if (row === undefined) throw new Error('nothing was stored');
  return row.id;
}

async function insertRecipients(tx: Queryable, id: number, userIds: readonly string[]): Promise<void> {
  await tx.query(
    'insert into push.broadcast_recipients (broadcast_id, user_id) select $1, u from unnest($2::uuid[]) u on conflict do nothing',
    [id, plainArray(userIds)],
  );
}

async function start(tx: Queryable, id: number, users: number, by: By): Promise<Broadcast> {
  const { audience, expiresAt } = await lock(tx, id, ['draft'], 'start');
  if (await isPast(tx, expiresAt))
    throw new TodokuError('CONFLICT', { message: `Broadcast ${id} has expired: nothing of it would be sent.` });
  if (audience.kind === 'list' && users === 0) throw new TodokuError('CONFLICT', { message: `Broadcast ${id} has an empty list.` });
  await tx.query(
    "update push.broadcasts set state = 'running', estimate = $2, started_at = clock_timestamp(), updated_at = clock_timestamp() where id = $1",
    [id, users],
  );
  await recordAct(tx, { ...by, action: 'broadcasts.start', target: `broadcast:${id}`, details: { users } });
  return await find(tx, id);
}

async function find(database: Queryable, id: number, lockIt = ''): Promise<Broadcast> {
  const [row] = await database.query<Broadcast & object>(`select ${columns} from push.broadcasts where id = $1 ${lockIt}`, [id]);
  if (row === undefined) throw new TodokuError('NOT_FOUND', { message: `There is no broadcast ${id}.` });
  return row;
}

/** The broadcast's row is locked before its chunks, here as everywhere. */
async function lock(tx: Queryable, id: number, states: readonly BroadcastState[], verb: string): Promise<Broadcast> {
  await takeTurn(tx, id);
  const broadcast = await find(tx, id, 'for update');
  if (!states.includes(broadcast.state)) {
    throw new TodokuError('CONFLICT', { message: `Broadcast ${id} is ${broadcast.state}: nobody can ${verb} it now.` });
  }
  return broadcast;
}
