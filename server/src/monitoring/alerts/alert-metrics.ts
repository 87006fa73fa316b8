import { Gauge, type Registry } from 'prom-client';
import type { Database } from '../../database/database.js';

interface Count {
  readonly rule: string;
  readonly severity: string;
  readonly state: string;
  readonly n: number;
}

/** Every rule that is on, also with nothing to say: a series that is not there can't be watched. */
const count = /* sql */ `
select r.name as rule, r.severity, s.state, count(a.rule) as n
from push.alert_rules r cross join (values ('pending'), ('firing')) s (state) left join push.alerts a on a.rule = r.name and a.state = s.state
where r.enabled or a.rule is not null
group by 1, 2, 3 order by 1, 3`;

/** Alerts by rule, as the database has them at a scrape; absent when it does not answer. */
export function addAlertMetrics(registry: Registry, database: Database): void {
  new Gauge({
    name: 'todoku_alerts',
    help: 'Alerts that are pending or fire, by rule (of the whole system: take the maximum over processes, not the sum)',
    labelNames: ['rule', 'severity', 'state'],
    registers: [registry],
    async collect() {
      this.reset();
      const counts = await database.query<Count & object>(count).catch(() => []);
      for (const { rule, severity, state, n } of counts) this.set({ rule, severity, state }, n);
    },
  });
}
