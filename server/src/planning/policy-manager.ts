import { z } from 'zod';
import type { Database, Queryable } from '../database/database.js';
import { parseInput } from '../errors/parse-input.js';
import { pushOptionsSchema } from '../providers/push-options.js';
import { recordAct } from '../security/audit.js';
import { laneSchema } from './lane-input.js';
import { isKnownTimezone } from './local-time.js';

const largest = 2_147_483_647;

/** What operators set for the whole system. Meanings: push.policy. */
export const policySchema = z.strictObject({
  defaultTimezone: z.string().refine(isKnownTimezone, 'must be a time zone as in Asia/Tokyo'),
  defaultLane: laneSchema,
  capLimit: z.int().min(1).max(32_767).nullable(),
  capWindowSeconds: z.int().min(1).max(largest),
  releaseSpreadSeconds: z.int().min(0).max(86_400),
  maxAttempts: z.int().min(1).max(100),
  maxCrashRecoveries: z.int().min(1).max(100),
  devicesPerUser: z.int().min(1).max(1_000),
  tokenLossShare: z.number().gt(0).max(1),
  tokenLossMinimum: z.int().min(1).max(largest),
  quarantineDays: z.int().min(1).max(3650),
});
export type SystemPolicy = z.output<typeof policySchema>;

/** What operators set for one type of notification. Meanings: push.notification_types. */
export const typeSchema = z.strictObject({
  lane: laneSchema.nullable().default(null),
  urgent: z.boolean().default(false),
  enabled: z.boolean().default(true),
  capped: z.boolean().default(true),
  ttlSeconds: z.int().min(1).max(31_536_000).default(86_400),
  dedupeSeconds: z.int().min(0).max(31_536_000).default(600),
  unknownPolicy: z.enum(['resend', 'drop']).default('resend'),
  push: pushOptionsSchema.default({}),
});
export type TypeSettings = z.output<typeof typeSchema>;

interface By {
  readonly actor: string;
  readonly reason: string;
}

const policyColumns = /* sql */ `
default_timezone as "defaultTimezone", default_lane as "defaultLane", cap_limit as "capLimit", cap_window_seconds as "capWindowSeconds",
release_spread_seconds as "releaseSpreadSeconds", max_attempts as "maxAttempts", max_crash_recoveries as "maxCrashRecoveries",
devices_per_user as "devicesPerUser", round(token_loss_share::numeric, 6)::float8 as "tokenLossShare", token_loss_minimum as "tokenLossMinimum", quarantine_days as "quarantineDays"`;

const typeColumns = /* sql */ `
type, lane, urgent, enabled, capped, ttl_seconds as "ttlSeconds", dedupe_seconds as "dedupeSeconds", unknown_policy as "unknownPolicy", push`;

/** Reads and changes what planning and delivery follow. A change is in force everywhere within a second or two, and in the audit at once. */
export class PolicyManager {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  read(): Promise<SystemPolicy> {
    return readPolicy(this.#database);
  }

  /** Fields that are left out stay as they are. */
  async change(fields: Partial<SystemPolicy>, by: By): Promise<SystemPolicy> {
    return await this.#database.transaction(async (tx) => {
      await tx.query('select from push.policy where id = 1 for update');
      const before = await readPolicy(tx);
      const after = { ...before, ...fields };
      await tx.query(
        /* sql */ `
update push.policy set default_timezone = $1, default_lane = $2, cap_limit = $3, cap_window_seconds = $4, release_spread_seconds = $5,
  max_attempts = $6, max_crash_recoveries = $7, token_loss_share = $8::float8, token_loss_minimum = $9, quarantine_days = $10,
  devices_per_user = $11, updated_at = now()
where id = 1`,
        [
          ...[after.defaultTimezone, after.defaultLane, after.capLimit, after.capWindowSeconds, after.releaseSpreadSeconds],
          ...[after.maxAttempts, after.maxCrashRecoveries, after.tokenLossShare, after.tokenLossMinimum, after.quarantineDays],
          after.devicesPerUser,
        ],
      );
      await recordAct(tx, { ...by, action: 'policy.change', target: 'system', details: { before, after: fields } });
      return after;
    });
  }

  async types(): Promise<TypeRules[]> {
    return await this.#database.query<TypeRules>(`select ${typeColumns} from push.notification_types order by type`);
  }

  /** Sets everything of a type; it is made when there is none. '*' speaks for every type that has no row. */
  async setType(type: string, settings: TypeSettings, by: By): Promise<TypeRules> {
    return await this.#database.transaction(async (tx) => await writeType(tx, await lockType(tx, type), { type, ...settings }, by));
  }

  /** What is not named stays. A type that has no rules yet begins with those of '*'. */
  async changeType(type: string, changes: Partial<TypeSettings>, by: By): Promise<TypeRules> {
    return await this.#database.transaction(async (tx) => {
      // Made first, so that there is a row to lock: of two changes at once the second builds upon the first.
      const made = await tx.query(makeType, [type]);
      const stored = await lockType(tx, type);
      const { type: _, ...rules } = stored ?? { type, ...typeSchema.parse({}) };
      const settings = parseInput(typeSchema, { ...rules, ...changes });
      return await writeType(tx, made.length > 0 ? undefined : stored, { type, ...settings }, by);
    });
  }
}

type TypeRules = TypeSettings & { readonly type: string };

const makeType = /* sql */ `
insert into push.notification_types (type, lane, urgent, enabled, capped, ttl_seconds, dedupe_seconds, unknown_policy, push)
select $1, lane, urgent, enabled, capped, ttl_seconds, dedupe_seconds, unknown_policy, push from push.notification_types where type = '*'
on conflict (type) do nothing
returning type`;

async function lockType(tx: Queryable, type: string): Promise<TypeRules | undefined> {
  const [stored] = await tx.query<TypeRules>(`select ${typeColumns} from push.notification_types where type = $1 for update`, [type]);
  return stored;
}

async function writeType(tx: Queryable, before: TypeRules | undefined, after: TypeRules, by: By): Promise<TypeRules> {
  const { type, ...settings } = after;
  const [stored] = await tx.query<TypeRules>(
    /* sql */ `
insert into push.notification_types (type, lane, urgent, enabled, capped, ttl_seconds, dedupe_seconds, unknown_policy, push)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (type) do update set lane = excluded.lane, urgent = excluded.urgent, enabled = excluded.enabled, capped = excluded.capped,
  ttl_seconds = excluded.ttl_seconds, dedupe_seconds = excluded.dedupe_seconds, unknown_policy = excluded.unknown_policy,
  push = excluded.push, updated_at = now()
returning ${typeColumns}`,
    [
      ...[type, settings.lane, settings.urgent, settings.enabled, settings.capped, settings.ttlSeconds],
      ...[settings.dedupeSeconds, settings.unknownPolicy, JSON.stringify(settings.push)],
    ],
  );
  await recordAct(tx, { ...by, action: 'types.set', target: `type:${type}`, details: { before: before ?? null, after: settings } });
  return stored ?? after;
}

async function readPolicy(database: Queryable): Promise<SystemPolicy> {
  const [policy] = await database.query<SystemPolicy>(`select ${policyColumns} from push.policy where id = 1`);
  if (policy === undefined) throw new Error('push.policy has lost its row');
  return policy;
}
