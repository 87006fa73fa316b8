import type { Queryable } from '../../../database/database.js';
import { figureDefinitions } from '../../figures.js';
import type { Span } from '../../flows-between.js';
import type { ReportDays } from '../report-period.js';
import type { ReportIncident, ReportIncidents } from '../report-types.js';

const mostIncidents = 30;

/** Episodes that overlap with a span. Whoever fired more than a hundred days ago and is over does not, so old history is not read. */
const overlapping = /* sql */ `
select e.*, least(coalesce(e.resolved_at, $2), $2) - greatest(e.fired_at, $1) as lasted
from push.alert_episodes e
where e.fired_at < $2 and e.fired_at > $1 - interval '100 days' and (e.resolved_at is null or e.resolved_at > $1)`;

interface Row {
  id: number;
  rule: string;
  subject: string;
  severity: ReportIncident['severity'];
  figure: string;
  worst: number | null;
  firedAt: Date;
  resolvedAt: Date | null;
  ms: number;
  acknowledgedBy: string | null;
  acknowledgedAfterMs: number | null;
  told: boolean;
  en: string | null;
  ja: string | null;
}

/** What fired, how long, and whether somebody said that she was on it. */
export async function readIncidents(database: Queryable, { span, before }: ReportDays): Promise<ReportIncidents> {
  const count = async ({ from, to }: Span): Promise<{ n: number; unacknowledged: number }> => {
    const [row] = await database.query<{ n: number; unacknowledged: number }>(
      /* sql */ `
select count(*) as n, count(*) filter (where severity = 'page' and acknowledged_at is null) as unacknowledged from (${overlapping}) o`,
      [from, to],
    );
    return row ?? { n: 0, unacknowledged: 0 };
  };
  const { n, unacknowledged } = await count(span);
  const rows = await database.query<Row>(
    /* sql */ `
select o.id, o.rule, o.subject, o.severity, o.figure, o.value_worst as worst, o.fired_at as "firedAt", o.resolved_at as "resolvedAt",
  1000 * date_part('epoch', o.lasted) as ms, o.acknowledged_by as "acknowledgedBy",
  1000 * date_part('epoch', o.acknowledged_at - o.fired_at) as "acknowledgedAfterMs", o.told_at is not null as told,
  r.summary_en as en, r.summary_ja as ja
from (${overlapping}) o left join push.alert_rules r on r.name = o.rule
order by array_position(array['page', 'warn', 'info'], o.severity), o.lasted desc, o.id limit ${mostIncidents}`,
    [span.from, span.to],
  );
  return { total: n, before: (await count(before)).n, unacknowledgedPages: unacknowledged, listed: rows.map(incidentOf) };
}

function incidentOf({ figure, en, ja, firedAt, resolvedAt, ms, ...rest }: Row): ReportIncident {
  const definition = figureDefinitions.find(({ name }) => name === figure);
  return {
    ...rest,
    unit: definition?.unit ?? 'count',
    summary: { en: en ?? definition?.summary.en ?? rest.rule, ja: ja ?? definition?.summary.ja ?? rest.rule },
    firedAt: firedAt.toISOString(),
    resolvedAt: resolvedAt?.toISOString() ?? null,
    durationMs: ms,
  };
}
