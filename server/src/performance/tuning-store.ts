import type { Database, Queryable } from '../database/database.js';
import { parseInput } from '../errors/parse-input.js';
import { recordAct } from '../security/audit.js';
import { type TuningChange, type TuningSettings, tuningSchema } from './tuning-values.js';

export interface By {
  readonly actor: string;
  readonly reason: string;
}

/** One change, by an operator or the controller ('todoku'). */
export interface TuningStep {
  readonly id: number;
  readonly at: Date;
  readonly actor: string;
  readonly reason: string;
  /** Only the fields that changed. */
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
  /** What the controller went by; null: an operator set it. */
  readonly measurements: Readonly<Record<string, unknown>> | null;
}

const KEPT = 1000;

const columns = /* sql */ `
controller, slots, chunk_size as "chunkSize", claim_size as "claimSize",
notifications_ttl_ms as "notificationsTtl", notifications_max_size as "notificationsMaxSize", notifications_enabled as "notificationsEnabled",
settings_ttl_ms as "settingsTtl", settings_max_size as "settingsMaxSize", settings_enabled as "settingsEnabled",
tokens_ttl_ms as "tokensTtl", tokens_max_size as "tokensMaxSize", tokens_enabled as "tokensEnabled"`;

const write = /* sql */ `
update push.tuning set controller = $1, slots = $2, chunk_size = $3, claim_size = $4,
  notifications_ttl_ms = $5, notifications_max_size = $6, notifications_enabled = $7,
  settings_ttl_ms = $8, settings_max_size = $9, settings_enabled = $10,
  tokens_ttl_ms = $11, tokens_max_size = $12, tokens_enabled = $13,
  updated_at = clock_timestamp(), updated_by = $14, updated_reason = $15
where id = 1`;

export async function readTuning(database: Queryable): Promise<TuningSettings> {
  return await one(database, `select ${columns} from push.tuning where id = 1`);
}

/** What every process asks for each second: the tuning, and whether anybody reads caches that would have to be told of changes. */
export async function readTuningNow(database: Queryable): Promise<{ readonly set: TuningSettings; readonly cachesAreRead: boolean }> {
  const [row] = await database.query<TuningSettings & { cachesAreRead: boolean }>(
    `select ${columns}, push.caches_are_read() as "cachesAreRead" from push.tuning where id = 1`,
  );
  if (row === undefined) throw new Error('push.tuning has lost its row');
  const { cachesAreRead, ...set } = row;
  return { set, cachesAreRead };
}

/** Nobody else changes it until the transaction ends. */
export async function lockTuning(tx: Queryable): Promise<TuningSettings> {
  return await one(tx, `select ${columns} from push.tuning where id = 1 for update`);
}

async function one(database: Queryable, sql: string): Promise<TuningSettings> {
  const [row] = await database.query<TuningSettings>(sql);
  if (row === undefined) throw new Error('push.tuning has lost its row');
  return row;
}

/** An operator's change, audited. What is left out stays. Throws INVALID_INPUT with the field's path; nothing is changed then. */
export async function changeTuning(database: Database, change: TuningChange, by: By): Promise<TuningSettings> {
  const fields = parseInput(tuningSchema.partial(), change);
  return await database.transaction(async (tx) => {
    const before = await lockTuning(tx);
    const after = { ...before, ...withoutUndefined(fields) };
    await keepStep(tx, { before, after, by, measurements: null });
    await recordAct(tx, { ...by, action: 'tuning.change', target: 'system', details: differences(before, after) });
    return after;
  });
}

interface Step {
  readonly before: TuningSettings;
  readonly after: TuningSettings;
  readonly by: By;
  readonly measurements: object | null;
}

/** Writes the new values, and the step into the history, unless nothing changes. */
export async function keepStep(tx: Queryable, { before, after, by, measurements }: Step): Promise<void> {
  const changed = differences(before, after);
  if (Object.keys(changed.after).length === 0) return;
  await tx.query(write, [
    ...[after.controller, after.slots, after.chunkSize, after.claimSize],
    ...[after.notificationsTtl, after.notificationsMaxSize, after.notificationsEnabled],
    ...[after.settingsTtl, after.settingsMaxSize, after.settingsEnabled],
    ...[after.tokensTtl, after.tokensMaxSize, after.tokensEnabled],
    ...[by.actor, by.reason],
  ]);
  await tx.query(/* sql */ `insert into push.tuning_history (actor, reason, before, after, measurements) values ($1, $2, $3, $4, $5)`, [
    by.actor,
    by.reason,
    JSON.stringify(changed.before),
    JSON.stringify(changed.after),
    measurements && JSON.stringify(measurements),
  ]);
  await tx.query('delete from push.tuning_history where id <= (select max(id) from push.tuning_history) - $1', [KEPT]);
}

/** The latest first. */
export async function readHistory(database: Queryable, limit: number): Promise<TuningStep[]> {
  return await database.query<TuningStep & Record<string, unknown>>(
    'select id, at, actor, reason, before, after, measurements from push.tuning_history order by id desc limit $1',
    [limit],
  );
}

function differences(before: TuningSettings, after: TuningSettings) {
  const changed = (Object.keys(before) as (keyof TuningSettings)[]).filter((field) => before[field] !== after[field]);
  const pick = (from: TuningSettings) => Object.fromEntries(changed.map((field) => [field, from[field]]));
  return { before: pick(before), after: pick(after) };
}

function withoutUndefined(fields: object): Partial<TuningSettings> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<TuningSettings>;
}
