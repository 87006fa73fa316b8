import type { Client } from 'pg';

export interface LocalQuestion {
  readonly zone: string;
  /** Unix milliseconds. */
  readonly at: number;
}

/** The minute of the local day (0 … 1439) of each question, by the database's own tables of time zones. null: a zone it does not know. */
export async function localMinutes(client: Client, questions: readonly LocalQuestion[]): Promise<(number | null)[]> {
  if (questions.length === 0) return [];
  const answer = await client.query<{ minute: number | null }>(
    /* sql */ `
    select case when z.name is not null then
      (extract(hour from l.local) * 60 + extract(minute from l.local))::int end as minute
    from unnest($1::text[], $2::float8[]) with ordinality as q(zone, at_ms, nr)
    left join (select name from pg_timezone_names) z on lower(z.name) = lower(q.zone)
    left join lateral (select to_timestamp(q.at_ms / 1000) at time zone z.name as local where z.name is not null) l on true
    order by q.nr`,
    [questions.map(({ zone }) => zone), questions.map(({ at }) => at)],
  );
  return answer.rows.map(({ minute }) => minute);
}

/** Whether a minute lies in a span that may go over midnight; its start belongs to it, its end does not. */
export function inSpan(minute: number, start: number, end: number): boolean {
  if (start === end) return false;
  return start < end ? minute >= start && minute < end : minute >= start || minute < end;
}
