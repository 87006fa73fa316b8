import type { Clock } from '../clock/clock.js';
import type { Database } from '../database/database.js';
import type { Logger } from '../logging/logger.js';
import { ProcessMeter, type ProcessStats } from '../performance/process-stats.js';
import { WorkLoop } from './work-loop.js';

interface WorkerIdentity {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** What it does: a process that only answers HTTP beats, too, and is no worker. */
  readonly roles: readonly string[];
  readonly version: string;
}

const EVERY_MS = 10_000;

/** Says that this process is alive, and how it is. A process that says nothing for a minute counts as silent. */
export async function beat(
  database: Database,
  identity: WorkerIdentity,
  stats: Partial<ProcessStats> & { readonly clockMs?: number } = {},
): Promise<void> {
  await database.query(
    /* sql */ `
    insert into push.workers (id, host, pid, roles, version, stats) values ($1, $2, $3, $4, $5, $6)
    on conflict (id) do update set heartbeat_at = now(), stopped_at = null, pid = excluded.pid, roles = excluded.roles,
      version = excluded.version, stats = excluded.stats`,
    [identity.id, identity.host, identity.pid, identity.roles, identity.version, JSON.stringify(stats)],
  );
}

/** Says that this process stops on purpose; forgets processes that have been silent for a week. */
async function sayGoodbye(database: Database, id: string): Promise<void> {
  await database.query("update push.workers set stopped_at = now(), stats = '{}' where id = $1", [id]);
  await database.query("delete from push.workers where heartbeat_at < now() - interval '7 days'");
}

interface HeartbeatParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly identity: WorkerIdentity;
  readonly load: Parameters<ProcessMeter['take']>[0]['load'];
  readonly caches: Parameters<ProcessMeter['take']>[0]['caches'];
}

/** Beats every ten seconds, the first time at once, until it is stopped. */
export function startHeartbeat({ database, clock, log, identity, load, caches }: HeartbeatParts): { stop(): Promise<void> } {
  const meter = new ProcessMeter(clock.monotonic);
  const work = async (): Promise<boolean> => {
    await beat(database, identity, { ...meter.take({ load, caches }), clockMs: clock.now().getTime() });
    return false;
  };
  const loop = new WorkLoop('heartbeat', work, { log, monotonic: clock.monotonic }, { ms: EVERY_MS, quickAfterWork: false });
  loop.start();
  return {
    stop: async () => {
      await loop.stop();
      meter.close();
      await sayGoodbye(database, identity.id);
    },
  };
}
