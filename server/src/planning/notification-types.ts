import { z } from 'zod';
import type { Database, Queryable } from '../database/database.js';
import { parseInput } from '../errors/parse-input.js';
import { recordAct } from '../security/audit.js';

/** The rules of one type, or of '*', which speaks for every type that has none. */
export interface NotificationType {
  readonly type: string;
  /** 0 critical, 1 default, 2 bulk; null: the policy's default. */
  readonly lane: 0 | 1 | 2 | null;
  /** Passes quiet hours. */
  readonly urgent: boolean;
  readonly enabled: boolean;
  /** Counts for the frequency cap. */
  readonly capped: boolean;
  readonly ttlSeconds: number;
  /** 0: the same content twice is meant. */
  readonly dedupeSeconds: number;
  /** When bytes were sent and no answer came. */
  readonly unknownPolicy: 'resend' | 'drop';
  /** How it shows where the notification itself says nothing. */
  readonly push: Readonly<Record<string, unknown>>;
  readonly updatedAt: Date;
}

const longestSeconds = 365 * 86_400;

const changeSchema = z
  .strictObject({
    type: z.string().regex(/^(\*|[a-z0-9_.-]{1,64})$/i, 'must be * or 1 to 64 of the characters a-z, 0-9, _ . -'),
    lane: z
      .union([z.literal(0), z.literal(1), z.literal(2)])
      .nullable()
      .optional(),
    urgent: z.boolean().optional(),
    enabled: z.boolean().optional(),
    capped: z.boolean().optional(),
    ttlSeconds: z.int().min(1).max(longestSeconds).optional(),
    dedupeSeconds: z.int().min(0).max(longestSeconds).optional(),
    unknownPolicy: z.enum(['resend', 'drop']).optional(),
  })
  .refine(({ type: _, ...rules }) => Object.values(rules).some((rule) => rule !== undefined), 'must change a rule');

/** What is absent stays as it is. */
export type NotificationTypeChange = z.input<typeof changeSchema>;

const columns = /* sql */ `
type, lane, urgent, enabled, capped, ttl_seconds as "ttlSeconds", dedupe_seconds as "dedupeSeconds", unknown_policy as "unknownPolicy", push,
updated_at as "updatedAt"`;

/** '*' first. */
export async function listNotificationTypes(database: Queryable): Promise<NotificationType[]> {
  return await database.query<NotificationType>(/* sql */ `select ${columns} from push.notification_types order by type <> '*', type`);
}

/** A type without rules begins with those of '*'. In force everywhere within a second. Throws INVALID_INPUT with the field's path. */
export async function setNotificationType(
  database: Database,
  change: unknown,
  by: { readonly actor: string; readonly reason: string },
): Promise<NotificationType> {
  const { type, ...rules } = parseInput(changeSchema, change);
  return await database.transaction(async (tx) => {
    await tx.query(
      /* sql */ `
insert into push.notification_types (type, lane, urgent, enabled, capped, ttl_seconds, dedupe_seconds, unknown_policy, push)
select $1, lane, urgent, enabled, capped, ttl_seconds, dedupe_seconds, unknown_policy, push from push.notification_types where type = '*'
on conflict (type) do nothing`,
      [type],
    );
    const [row] = await tx.query<NotificationType>(
      /* sql */ `
update push.notification_types set
  lane = case when $2 then $3::smallint else lane end, urgent = coalesce($4, urgent), enabled = coalesce($5, enabled), capped = coalesce($6, capped),
  ttl_seconds = coalesce($7, ttl_seconds), dedupe_seconds = coalesce($8, dedupe_seconds), unknown_policy = coalesce($9, unknown_policy),
  updated_at = clock_timestamp()
where type = $1
returning ${columns}`,
      [
        ...[type, rules.lane !== undefined, rules.lane ?? null, rules.urgent ?? null, rules.enabled ?? null, rules.capped ?? null],
        ...[rules.ttlSeconds ?? null, rules.dedupeSeconds ?? null, rules.unknownPolicy ?? null],
      ],
    );
    if (row === undefined) throw new Error(`the rules of '*' are gone`);
    await recordAct(tx, { ...by, action: 'types.set', target: `type:${type}`, details: rules });
    return row;
  });
}
