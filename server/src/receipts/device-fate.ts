import { plainArray } from '../database/array-literal.js';
import type { Queryable, Statement } from '../database/database.js';
import { timeOfUuidV7 } from '../notifications/uuid-v7.js';

/** Where a notification to one device is, or how it ended. `in_flight`: it has no end yet. */
export type DeviceFate =
  | { readonly kind: 'in_flight' }
  | { readonly kind: 'accepted_by_platform' }
  | { readonly kind: 'suppressed'; readonly reason: string; readonly deviceActive: boolean }
  | { readonly kind: 'ended'; readonly state: string; readonly code: string | null; readonly deviceActive: boolean };

const verdicts = { send: '1', hold: '2', suppress: '3' };
const canonical = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Ids are made by the server's clock, rows by the database's. */
const clockToleranceMs = 86_400_000;

/**
 * $1 ids, $2 and $3 seconds since 1970 between which they were made, tolerance included: only the partitions of that time are looked at. What is
 * no longer held is held never again, and chunks are numbered as they are made: both orders hold when clocks are set back.
 */
export const findFates: Statement = {
  name: 'find_device_fates',
  text: /* sql */ `
select n.id, d.verdict, d.reason, s.name, x.code, coalesce(t.is_active, false)
from public.notifications n
left join lateral (
  select verdict, reason, first_delivery from push.decisions
  where notification_id = n.id and decided_at >= to_timestamp($2) and decided_at < now() + interval '1 day'
  order by verdict = ${verdicts.hold}, decided_at desc limit 1
) d on true
left join lateral (
  select state, code from push.deliveries
  where delivery_id = d.first_delivery and at >= to_timestamp($2) and at < now() + interval '1 day'
  order by chunk_id desc nulls first, state <> 10 desc, at desc, state desc limit 1
) x on d.verdict = ${verdicts.send}
left join push.delivery_states s on s.code = x.state
left join public.push_tokens t on t.id = n.token_id
where n.id = any($1::uuid[]) and n.created_at >= to_timestamp($2) and n.created_at < to_timestamp($3) and n.token_id is not null`,
};

/** The fates of notifications to one device each, by id. Ids of anything else are not in the answer. */
export async function deviceFates(database: Queryable, ids: readonly string[]): Promise<Map<string, DeviceFate>> {
  const times = new Map(
    ids.flatMap((id) => {
      const time = canonical.test(id) ? timeOfUuidV7(id) : null;
      return time === null ? [] : [[id, time] as const];
    }),
  );
  if (times.size === 0) return new Map();
  const made = [...times.values()];
  const rows = await database.rows(findFates, [
    plainArray([...times.keys()]),
    (Math.min(...made) - clockToleranceMs) / 1000,
    (Math.max(...made) + clockToleranceMs) / 1000,
  ]);
  return new Map(rows.map(([id, ...columns]) => [id ?? '', fateOf(columns)]));
}

function fateOf([verdict, reason, state, code, active]: readonly (string | null)[]): DeviceFate {
  const deviceActive = active === 't';
  if (verdict === verdicts.suppress) return { kind: 'suppressed', reason: reason ?? '', deviceActive };
  // Without a row in deliveries it is in a chunk.
  if (verdict !== verdicts.send || state === null || state === undefined) return { kind: 'in_flight' };
  if (state === 'queued' || state === 'sending' || state === 'accepted_by_expo') return { kind: 'in_flight' };
  if (state === 'accepted_by_platform' || state === 'acked_by_device') return { kind: 'accepted_by_platform' };
  return { kind: 'ended', state, code: code ?? null, deviceActive };
}
