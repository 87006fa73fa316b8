/** Depth by lane and state, from the chunks alone: few rows, whatever the number of deliveries. */
export const queueDepth = /* sql */ `
select lane,
  case when state = 2 then 'sending' when state = 3 then 'parked' when due_at > clock_timestamp() then 'delayed' else 'ready' end as state,
  count(*)::int as chunks, sum(n)::int as deliveries, min(due_at) as oldest
from push.chunks group by 1, 2 order by 1, 2`;
