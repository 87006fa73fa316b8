import { plainArray } from '../database/array-literal.js';
import type { Queryable, Statement } from '../database/database.js';
import { bytesOf, type DeliveryContent, type LoadedChunk } from '../planning/delivery-content.js';
import type { UserSettings } from '../planning/planning-types.js';
import { quietHoursOf } from '../planning/settings-row.js';
import { isAnyOfChunksThere, notYetSeen } from '../planning/unseen-rows.js';
import type { Platform } from '../providers/provider.js';
import type { Lease } from '../queue/queue-engine.js';

/**
 * What the deliveries of leased chunks say and where they go, as it stands now: the row may have been deleted, the token may have moved to
 * another user, and her settings may have changed since planning. $1 chunk ids, $2 epochs.
 *
 * By key only: each notification is found by (id, created_at), so that one partition is looked at and not all of them.
 */
export const loadContentStatement: Statement = {
  name: 'load_content',
  text: /* sql */ `
select c.id, u.idx, u.delivery_id, u.token_id, n.title, n.message, n.data::text, n.push::text, n.collapse_key, n.type, t.platform,
  t.token_ciphertext, n.user_id, n.user_id is distinct from t.user_id, t.is_active,
  s.push_enabled, s.timezone, s.quiet_hours_enabled, s.quiet_hours_start, s.quiet_hours_end, s.types -> n.type -> 'enabled' = 'false'::jsonb,
  date_part('epoch', clock_timestamp())
from unnest($1::bigint[], $2::int[]) as l(id, epoch)
join push.chunks c on c.id = l.id and c.id = any ($1::bigint[]) and c.epoch = l.epoch and c.state = 2
cross join unnest(c.delivery_ids, c.notification_ids, c.created_ats, c.token_ids) with ordinality
  as u(delivery_id, notification_id, created_at, token_id, idx)
left join public.notifications n on n.id = u.notification_id and n.created_at = u.created_at
left join public.push_tokens t on t.id = u.token_id
left join public.notification_settings s on s.user_id = n.user_id`,
};

type Row = readonly (string | null)[];

function goneReason(row: Row): DeliveryContent['gone'] {
  if (row[12] === null) return 'ROW_DELETED';
  if (row[10] === null) return 'TOKEN_GONE';
  if (row[13] === 't') return 'TOKEN_MOVED';
  return row[14] === 't' ? null : 'TOKEN_INACTIVE';
}

function settingsOf(row: Row): UserSettings | null {
  if (row[15] === null) return null;
  return {
    pushEnabled: row[15] === 't',
    timezone: row[16] ?? null,
    quietHours: row[17] === 't' ? quietHoursOf(row[18] ?? '', row[19] ?? '') : null,
    disabledTypes: row[20] === 't' ? [row[9] ?? ''] : [],
  };
}

const contentOf = (row: Row): DeliveryContent => ({
  deliveryId: row[2] ?? '',
  tokenId: row[3] ?? '',
  gone: goneReason(row),
  title: row[4] ?? '',
  message: row[5] ?? '',
  dataJson: row[6] ?? '{}',
  pushJson: row[7] ?? null,
  collapseKey: row[8] ?? null,
  type: row[9] ?? '',
  platform: (row[10] ?? 'unknown') as Platform,
  ciphertext: bytesOf(row[11] ?? ''),
  settings: settingsOf(row),
});

/** How often in a row partitions may be made while content is loaded. */
const MOST_LOOKS = 3;

/** Loads leased chunks by id. A chunk that is missing from the answer is no longer the caller's. */
export async function loadContent(database: Queryable, leases: readonly Lease[]): Promise<Map<string, LoadedChunk>> {
  for (let looks = 1; ; looks++) {
    const chunks = await load(database, leases);
    const gone = [...chunks.values()].flatMap(({ deliveries }) => deliveries.filter((delivery) => delivery.gone === 'ROW_DELETED'));
    const deliveryIds = gone.map(({ deliveryId }) => deliveryId);
    if (!(await isAnyOfChunksThere(database, [...chunks.keys()], deliveryIds))) return chunks;
    if (looks === MOST_LOOKS) throw notYetSeen();
  }
}

async function load(database: Queryable, leases: readonly Lease[]): Promise<Map<string, LoadedChunk>> {
  const rows = (await database.rows(loadContentStatement, [
    plainArray(leases.map((lease) => lease.chunkId)),
    plainArray(leases.map((lease) => lease.epoch)),
  ])) as Row[];
  const chunks = new Map<string, LoadedChunk>();
  for (const row of rows) {
    const id = row[0] ?? '';
    let chunk = chunks.get(id);
    if (chunk === undefined) {
      chunk = { deliveries: [], now: new Date(Number(row[21]) * 1000), justPlanned: false };
      chunks.set(id, chunk);
    }
    chunk.deliveries[Number(row[1]) - 1] = contentOf(row);
  }
  return chunks;
}
