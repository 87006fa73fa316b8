import { createHash, randomUUID } from 'node:crypto';
import type { Database } from '../../src/database/database.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How many of what a day of the seeded system has, at its latest; earlier weeks have less. */
const seededDay = { accepted: 24_000 } as const;

/** What an unfriendly app may call a type. */
export const hostileType = '<script>alert("type")</script>';

/**
 * A system that has run for weeks, as its tallies, audit and alerts tell it: more by day than at night, growing, with a bad hour, a pause and
 * a lost provider. `until`: the end of what is counted.
 */
export async function seedReportData(admin: Database, until: Date, weeks = 6): Promise<void> {
  const hours = weeks * 168;
  const from = new Date(until.getTime() - hours * HOUR_MS);
  await admin.query(
    /* sql */ `
with h as (
  select i, $1::timestamptz + i * interval '1 hour' as hour,
    (${seededDay.accepted} / 24.0) * (1 - 0.05 * floor((${hours} - 1 - i) / 168)) * (1 + 0.8 * sin(2 * pi() * (i % 24) / 24.0)) as n,
    case when i = ${hours} - 30 then 6 when i % 24 between 8 and 11 then 1.6 else 1 end as slow
  from generate_series(0, ${hours} - 1) i
), items (item, share, ms) as (values
  ('accepted', 1.0, 0), ('deliveries', 1.15, 0), ('planned', 0.92, 0), ('sent', 1.12, 900), ('state:accepted_by_platform', 1.08, 0), ('state:failed', 0.03, 0),
  ('state:expired', 0.01, 0), ('engaged', 0.41, 0), ('suppressed:no_token', 0.05, 0), ('suppressed:user_disabled_type', 0.03, 0), ('held:quiet_hours', 0.12, 0),
  ('held:scheduled', 0.02, 0), ('error:DeviceNotRegistered', 0.021, 0), ('error:MessageRateExceeded', 0.008, 0), ('error:CONNECTION_LOST', 0.002, 0),
  ('type:reminder', 0.5, 0), ('type:message', 0.35, 0), ('type:community', 0.149, 0), ('type:' || $2, 0.001, 0), ('engaged:reminder', 0.27, 0), ('engaged:message', 0.12, 0), ('engaged:community', 0.02, 0),
  ('resent_unknown', 0.0005, 0))
insert into push.minutes (item, minute, project_id, n, ms)
select item, hour, case when item = 'sent' or item like 'error:%' then 1 else 0 end, round(n * share)::bigint, round(n * share * ms * slow)::bigint
from h, items where round(n * share) > 0`,
    [from, hostileType],
  );
  await seedTokens(admin, until);
  await seedIncidents(admin, until);
}

async function seedTokens(admin: Database, until: Date): Promise<void> {
  const platforms = [
    { platform: 'ios', active: 60, lost: 3, signedOut: 5 },
    { platform: 'android', active: 40, lost: 6, signedOut: 2 },
    { platform: 'web', active: 4, lost: 0, signedOut: 0 },
  ];
  for (const { platform, active, lost, signedOut } of platforms) {
    for (const [state, n] of [['active', active] as const, ['quarantined', lost] as const, ['signed_out', signedOut] as const]) {
      for (let i = 0; i < n; i++) {
        const id = randomUUID();
        await admin.query(
          /* sql */ `
insert into push_tokens (id, user_id, platform, state, is_active, state_at, created_at, token_ciphertext, token_hash, key_id)
values ($1, $1, $2, $3, $3 = 'active', $4, $5, '\\x01', $6, 1)`,
          [
            id,
            platform,
            state,
            new Date(until.getTime() - DAY_MS),
            new Date(until.getTime() - (i % 20) * DAY_MS),
            createHash('sha256').update(id).digest(),
          ],
        );
      }
    }
  }
}

async function seedIncidents(admin: Database, until: Date): Promise<void> {
  const ago = (hours: number): Date => new Date(until.getTime() - hours * HOUR_MS);
  await admin.query(
    /* sql */ `
insert into push.alert_episodes (rule, subject, figure, comparison, threshold, severity, breached_at, fired_at, resolved_at, resolved_why, value_fired, value_worst, told_at,
  acknowledged_at, acknowledged_by, acknowledged_note)
values
  ('breaker-open', 'expo/default', 'breakers_open', 'above', 0, 'page', $1, $1, $2, 'cleared', 1, 1, $1, $1::timestamptz + interval '4 minutes', 'cli:hanako', 'looking'),
  ('delivery-slow', '', 'average_delivery_ms', 'above', 5000, 'warn', $1, $1, $2, 'cleared', 5400, 5400, $1, null, null, null),
  ('engagement-low', '', 'engagement_rate', 'below', 0.3, 'info', $3, $3, null, null, 0.28, 0.27, null, null, null, null),
  ('old-and-over', '', 'queue_waiting', 'above', 50, 'page', $4, $4, $5, 'cleared', 60, 90, $4, null, null, null)`,
    [ago(30), ago(29), ago(12), ago(24 * 20), ago(24 * 20 - 1)],
  );
  const acts = [
    [ago(30), 'queue.pause', 'cli:hanako', 'Expo is ill <b>'],
    [ago(29.5), 'queue.resume', 'cli:hanako', 'well again'],
    [ago(200), 'emergency.stop', 'key:abc', 'wrong people'],
    [ago(167), 'emergency.resume', 'key:abc', 'cancelled'],
  ] as const;
  for (const [at, action, actor, reason] of acts) {
    await admin.query(`insert into push.audit (at, actor, action, target, reason) values ($1, $2, $3, 'system', $4)`, [
      at,
      actor,
      action,
      reason,
    ]);
  }
  await admin.query(
    `insert into push.reconciliations (at, from_hour, to_hour, duration_ms, complete, unaccounted, untaken) values ($1, $1, $1, 5, true, 0, 0), ($2, $2, $2, 5, true, 0, 4)`,
    [ago(5), ago(50)],
  );
}
