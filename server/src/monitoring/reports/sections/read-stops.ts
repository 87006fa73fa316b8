import type { Queryable } from '../../../database/database.js';
import type { AuditAction } from '../../../security/audit-actions.js';
import type { Span } from '../../flows-between.js';
import type { ReportStop } from '../report-types.js';

const mostActs = 500;

/** Which act begins a stop and which ends it. */
const kinds = [
  { kind: 'pause', begins: 'queue.pause', ends: 'queue.resume' },
  { kind: 'emergency', begins: 'emergency.stop', ends: 'emergency.resume' },
  { kind: 'pushes_off', begins: 'pushes.disable', ends: 'pushes.enable' },
] as const satisfies readonly { kind: ReportStop['kind']; begins: AuditAction; ends: AuditAction }[];

interface Act {
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly reason: string | null;
}

/** Of one kind: what was done within the span, the last thing before it, which says how it began, and the first after it. */
const acts = /* sql */ `
(select at, actor, action, reason from push.audit where action = any ($1) and at >= $2 and at < $3 order by at, seq limit ${mostActs})
union all
(select at, actor, action, reason from push.audit where action = any ($1) and at < $2 order by at desc, seq desc limit 1)
union all
(select at, actor, action, reason from push.audit where action = any ($1) and at >= $3 order by at, seq limit 1)
order by at`;

/** When sending was stopped, by whom and why, from the audit: oldest first. */
export async function readStops(database: Queryable, span: Span): Promise<ReportStop[]> {
  const stops: ReportStop[] = [];
  for (const { kind, begins, ends } of kinds) {
    stops.push(...stopsOf(kind, begins, await database.query<Act & object>(acts, [[begins, ends], span.from, span.to]), span));
  }
  return stops.sort((a, b) => (a.from < b.from ? -1 : 1));
}

function stopsOf(kind: ReportStop['kind'], begins: string, done: readonly Act[], { from, to }: Span): ReportStop[] {
  const stops: ReportStop[] = [];
  let open: Act | null = null;
  const close = (begun: Act, until: Date | null): void => {
    const durationMs = Math.min((until ?? to).getTime(), to.getTime()) - Math.max(begun.at.getTime(), from.getTime());
    if (begun.at >= to || (until !== null && until <= from)) return;
    stops.push({
      kind,
      from: begun.at.toISOString(),
      until: until?.toISOString() ?? null,
      durationMs: Math.max(0, durationMs),
      by: begun.actor,
      reason: begun.reason,
    });
  };
  for (const act of done) {
    if (act.action === begins) open ??= act;
    else if (open !== null) {
      close(open, act.at);
      open = null;
    }
  }
  if (open !== null) close(open, null);
  return stops;
}
