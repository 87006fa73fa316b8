import type { Queryable } from '../database/database.js';
import type { FigureName, Reading } from './figures.js';

/** A provider keeps receipts for about a day; from this age on there is little time left to fetch them. */
const RECEIPTS_EXPIRE_AFTER_HOURS = 20;
/** A budget of which this share was used within the last minute is what things wait for. */
const BUDGET_IN_USE = 0.8;

/** What waits in the queue of one project. */
export interface WaitingInProject {
  readonly projectId: number;
  /** Due deliveries. */
  readonly waiting: number;
  /** For how long the oldest of them has been due. */
  readonly oldestMs: number;
  /** Why it waits; null: nothing explains it. */
  readonly explanation: 'stopped' | 'project_paused' | 'breaker' | 'backoff' | 'rate_limit' | null;
}

/** What is due and waits, by project, and what explains it. Held, delayed and parked ones are not due. */
export async function readWaiting(database: Queryable): Promise<WaitingInProject[]> {
  return await database.query<WaitingInProject & object>(waiting, [BUDGET_IN_USE]);
}

const waiting = /* sql */ `
with due as (
  select project_id, sum(n)::bigint as waiting, min(due_at) as oldest from push.chunks
  where state = 1 and due_at <= clock_timestamp() group by project_id
), recent as (
  select project_id, sum(n) as sent
  from (
    select project_id, n from push.minutes where item = 'sent' and minute > clock_timestamp() - interval '1 minute'
    union all
    select project_id, n from push.tally_entries where item = 'sent' and at > clock_timestamp() - interval '1 minute'
  ) s group by project_id
)
select d.project_id as "projectId", d.waiting, 1000 * date_part('epoch', clock_timestamp() - d.oldest) as "oldestMs",
  case
    when c.paused or c.emergency or not c.pushes_enabled then 'stopped'
    when p.paused then 'project_paused'
    when p.breaker_state = 'open' then 'breaker'
    when p.backoff_until > clock_timestamp() then 'backoff'
    when p.rate_budget is not null and coalesce(r.sent, 0) >= $1 * least(60, date_part('epoch', clock_timestamp() - d.oldest)) * p.rate_budget then 'rate_limit'
  end as explanation
from due d
join push.projects p on p.id = d.project_id
cross join (select * from push.controls where id = 1) c
left join recent r on r.project_id = d.project_id
order by 1`;

/** The figures of what waits. */
export async function readQueueFigures(database: Queryable): Promise<[FigureName, readonly Reading[]][]> {
  const unexplained = (await readWaiting(database)).filter(({ explanation }) => explanation === null);
  const [receipts] = await database.query<{ n: number }>(
    'select coalesce(sum(n), 0)::bigint as n from push.receipt_batches where sent_at < clock_timestamp() - make_interval(hours => $1)',
    [RECEIPTS_EXPIRE_AFTER_HOURS],
  );
  return [
    ['queue_waiting', [{ subject: '', value: unexplained.reduce((total, { waiting: n }) => total + n, 0) }]],
    ['oldest_item_age_ms', [{ subject: '', value: Math.max(0, ...unexplained.map(({ oldestMs }) => oldestMs)) }]],
    ['receipts_expiring', [{ subject: '', value: receipts?.n ?? 0 }]],
  ];
}
