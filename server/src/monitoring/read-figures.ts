import type { Queryable } from '../database/database.js';
import { countUndelivered } from './alerts/undelivered.js';
import { type FigureName, figureOf, type Reading } from './figures.js';
import { readFlowFigures } from './flow-figures.js';
import { readLedger } from './ledger.js';
import { readQueueFigures } from './queue-figures.js';
import { readStatus, type SystemStatus } from './system-status.js';

export interface Figures {
  /** The database's time. */
  readonly at: Date;
  readonly figures: ReadonlyMap<FigureName, readonly Reading[]>;
}

/** Reads every figure, of the whole system, from the database. */
export async function readFigures(database: Queryable): Promise<Figures> {
  const status = await readStatus(database);
  const ledger = await readLedger(database);
  return {
    at: status.at,
    figures: new Map<FigureName, readonly Reading[]>([
      ...(await readFlowFigures(database)),
      ...(await readQueueFigures(database)),
      ...ofProjects(status),
      ['workers_alive', whole(status.workers.filter(({ state, roles }) => state === 'alive' && roles.includes('worker')).length)],
      ['workers_silent', status.workers.map(({ id, state }) => ({ subject: id, value: state === 'silent' ? 1 : 0 }))],
      ['outbox_oldest_age_ms', whole(age(status, status.waiting.outboxOldest))],
      ['ledger_unaccounted', whole(ledger.rows[0]?.unaccounted ?? null)],
      ['emergency', whole(status.controls.emergency ? 1 : 0)],
      ['paused_ms', whole(age(status, status.controls.pausedAt))],
      ['clock_skew_ms', await database.query<Reading & object>(skews)],
      ['recoveries_failed', await database.query<Reading & object>(failedRecoveries, [figureOf('recoveries_failed').window])],
      ['alert_notices_failed', await countUndelivered(database)],
    ]),
  };
}

/** A heartbeat brings the time of its process's clock. Half of what its way took is in it: milliseconds. */
const skews = /* sql */ `
select id as subject, abs((stats ->> 'clockMs')::float8 - 1000 * date_part('epoch', heartbeat_at)) as value
from push.workers
where stopped_at is null and heartbeat_at > now() - interval '1 minute' and stats ? 'clockMs'
order by id`;

/** $1 seconds. */
const failedRecoveries = /* sql */ `
select '' as subject, count(*) as value from push.recoveries
where not ok and at > clock_timestamp() - make_interval(secs => $1) and at > coalesce((select max(at) from push.recoveries where ok), '-infinity')`;

const whole = (value: number | null): Reading[] => [{ subject: '', value }];

const age = ({ at }: SystemStatus, since: Date | null): number => (since === null ? 0 : Math.max(0, at.getTime() - since.getTime()));

function ofProjects({ projects }: SystemStatus): [FigureName, readonly Reading[]][] {
  const by = (is: (project: SystemStatus['projects'][number]) => boolean): Reading[] =>
    projects.map((project) => ({ subject: `${project.provider}/${project.name}`, value: is(project) ? 1 : 0 }));
  return [
    ['breakers_open', by(({ breaker }) => breaker === 'open')],
    ['token_invalidation_frozen', by(({ frozenAt }) => frozenAt !== null)],
  ];
}
