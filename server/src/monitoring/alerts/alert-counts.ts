import type { Queryable } from '../../database/database.js';

/** How many subjects of a rule are pending, or fire. */
export interface AlertCount {
  readonly rule: string;
  readonly severity: string;
  readonly state: string;
  readonly n: number;
}

/** Of every rule that is on, also with nothing to say: a series that is not there can't be watched. */
export async function countAlerts(database: Queryable): Promise<AlertCount[]> {
  return await database.query<AlertCount & object>(/* sql */ `
select r.name as rule, r.severity, s.state, count(a.rule) as n
from push.alert_rules r cross join (values ('pending'), ('firing')) s (state) left join push.alerts a on a.rule = r.name and a.state = s.state
where r.enabled or a.rule is not null
group by 1, 2, 3 order by 1, 3`);
}
