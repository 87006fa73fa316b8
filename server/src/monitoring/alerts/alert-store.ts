import type { Queryable } from '../../database/database.js';
import type { AlertRule, ResolvedWhy } from './alert-types.js';
import type { UntoldEpisode } from './choose-alerts.js';
import type { AlertState } from './evaluate.js';

/** How a rule stands for a subject, as it is kept. */
export interface StoredAlert extends AlertState {
  readonly rule: string;
  readonly subject: string;
  readonly episodeId: number | null;
}

/** Every state there is, locked for the round. */
export async function readStates(tx: Queryable): Promise<StoredAlert[]> {
  return await tx.query<StoredAlert & object>(/* sql */ `
select rule, subject, state as phase, since, value, no_data_since as "noDataSince", episode_id as "episodeId" from push.alerts for update`);
}

export async function writeStates(tx: Queryable, states: readonly StoredAlert[], readAt: Date): Promise<void> {
  await tx.query(
    /* sql */ `
insert into push.alerts (rule, subject, state, since, value, no_data_since, episode_id, read_at)
select r, s, p, b, v, d, e, $8 from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::float8[], $6::timestamptz[], $7::bigint[])
  as u (r, s, p, b, v, d, e)
on conflict (rule, subject) do update set state = excluded.state, since = excluded.since, value = excluded.value,
  no_data_since = excluded.no_data_since, episode_id = excluded.episode_id, read_at = excluded.read_at`,
    [
      ...[states.map(({ rule }) => rule), states.map(({ subject }) => subject), states.map(({ phase }) => phase)],
      ...[states.map(({ since }) => since), states.map(({ value }) => value), states.map(({ noDataSince }) => noDataSince)],
      ...[states.map(({ episodeId }) => episodeId), readAt],
    ],
  );
}

/** What is over and about something that is no more. */
export async function forgetStates(tx: Queryable, gone: readonly Pick<StoredAlert, 'rule' | 'subject'>[]): Promise<void> {
  if (gone.length === 0) return;
  await tx.query(/* sql */ 'delete from push.alerts where (rule, subject) in (select * from unnest($1::text[], $2::text[]))', [
    gone.map(({ rule }) => rule),
    gone.map(({ subject }) => subject),
  ]);
}

interface Firing {
  readonly rule: AlertRule;
  readonly subject: string;
  readonly breachedAt: Date;
  readonly firedAt: Date;
  readonly value: number | null;
}

/** Opens an episode. Returns its number. */
export async function openEpisode(tx: Queryable, { rule, subject, breachedAt, firedAt, value }: Firing): Promise<number> {
  const [made] = await tx.query<{ id: number }>(
    /* sql */ `
insert into push.alert_episodes (rule, subject, figure, comparison, threshold, severity, breached_at, fired_at, value_fired, value_worst)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) returning id`,
    [rule.name, subject, rule.figure, rule.comparison, rule.threshold, rule.severity, breachedAt, firedAt, value],
  );
  if (made === undefined) throw new Error('an episode without a number');
  return made.id;
}

export async function closeEpisode(tx: Queryable, id: number, at: Date, why: ResolvedWhy): Promise<void> {
  await tx.query(/* sql */ 'update push.alert_episodes set resolved_at = $2, resolved_why = $3 where id = $1', [id, at, why]);
}

/** Keeps the worst value of what fires. */
export async function noteWorst(tx: Queryable): Promise<void> {
  await tx.query(/* sql */ `
update push.alert_episodes e set value_worst = a.value
from push.alerts a
where a.state = 'firing' and a.episode_id = e.id and a.value is not null and e.resolved_at is null
  and (e.value_worst is null or case e.comparison when 'above' then a.value > e.value_worst else a.value < e.value_worst end)`);
}

/** What fires, and what is over without having been told to be. */
export async function readUntold(tx: Queryable): Promise<UntoldEpisode[]> {
  return await tx.query<UntoldEpisode & object>(/* sql */ `
select e.id, e.rule, e.subject, e.severity, e.figure, e.comparison, e.threshold, e.breached_at as "breachedAt", e.fired_at as "firedAt",
  e.resolved_at as "resolvedAt", e.resolved_why as "resolvedWhy", e.told_at as "toldAt", e.told_last_at as "toldLastAt",
  e.acknowledged_at as "acknowledgedAt", a.value
from push.alert_episodes e left join push.alerts a on a.rule = e.rule and a.subject = e.subject
where e.resolved_at is null or (e.told_at is not null and e.told_end_at is null)
order by e.id for update of e`);
}

export async function markTold(tx: Queryable, { started, ended }: { started: readonly number[]; ended: readonly number[] }, at: Date) {
  await tx.query(
    /* sql */ `
update push.alert_episodes set told_at = coalesce(told_at, $3), told_last_at = $3,
  told_end_at = case when id = any ($2) then $3 else told_end_at end
where id = any ($1) or id = any ($2)`,
    [started, ended, at],
  );
}
