import type { Queryable } from '../../database/database.js';
import type { Policy } from '../policy-cache.js';
import type { CapStory } from './story-types.js';

/**
 * $1 user, $2 until then, $3 seconds before it. A notification may have been planned long after it was made (scheduled, quiet hours): those of
 * the last 30 days are looked at. Types are counted as they are set now.
 */
const countPushes = /* sql */ `
select count(*) as n
from public.notifications n
join push.decisions d on d.notification_id = n.id and d.created_at = n.created_at
left join push.notification_types y on y.type = n.type
left join push.notification_types z on z.type = '*'
where n.user_id = $1 and n.created_at > $2::timestamptz - make_interval(secs => $3) - interval '30 days' and n.created_at <= $2
  and coalesce(y.capped, z.capped, true) and d.verdict = 1 and d.decided_at > $2::timestamptz - make_interval(secs => $3) and d.decided_at <= $2`;

/** $1 user, $2 window, $3 limit: each push moves her on by window / limit, and she may be at most one window ahead. */
const findRelease = /* sql */ `
select case when passes > clock_timestamp() then passes end as "passesFrom" from (
  select pace_until - make_interval(secs => $2::float8 - $2::float8 / $3::float8) as passes from push.user_recent where user_id = $1
) pace`;

interface Asked {
  readonly userId: string;
  /** The count is of the window that ended then; null: now. */
  readonly at: Date | null;
  /** As it was set then; null: as it is set now. */
  readonly cap: { readonly limit: number; readonly windowSeconds: number } | null;
}

/** null: there is no cap. When the next push passes is told as of now, whatever was asked for. */
export async function readCap(tx: Queryable, { userId, at, cap }: Asked, policy: Policy): Promise<CapStory | null> {
  const limit = cap?.limit ?? policy.capLimit;
  if (limit === null) return null;
  const windowSeconds = cap?.windowSeconds ?? policy.capWindowSeconds;
  const until = at ?? (await tx.query<{ now: Date }>('select clock_timestamp() as now'))[0]?.now ?? new Date();
  const [counted] = await tx.query<{ n: number }>(countPushes, [userId, until, windowSeconds]);
  return { limit, windowSeconds, count: counted?.n ?? 0, passesFrom: await passesFrom(tx, userId, policy) };
}

async function passesFrom(tx: Queryable, userId: string, { capLimit, capWindowSeconds }: Policy): Promise<Date | null> {
  if (capLimit === null) return null;
  const [row] = await tx.query<{ passesFrom: Date | null }>(findRelease, [userId, capWindowSeconds, capLimit]);
  return row?.passesFrom ?? null;
}
