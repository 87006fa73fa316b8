import type { Database } from '../database/database.js';

export interface WorkerIdentity {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly roles: readonly string[];
  readonly version: string;
}

/** Says that this process is alive. A process that says nothing for a minute counts as silent. */
export async function beat(database: Database, identity: WorkerIdentity): Promise<void> {
  await database.query(
    /* sql */ `
    insert into push.workers (id, host, pid, roles, version) values ($1, $2, $3, $4, $5)
    on conflict (id) do update set heartbeat_at = now(), stopped_at = null, pid = excluded.pid, roles = excluded.roles, version = excluded.version`,
    [identity.id, identity.host, identity.pid, identity.roles, identity.version],
  );
}

/** Says that this process stops on purpose; forgets processes that have been silent for a week. */
export async function sayGoodbye(database: Database, id: string): Promise<void> {
  await database.query('update push.workers set stopped_at = now() where id = $1', [id]);
  await database.query("delete from push.workers where heartbeat_at < now() - interval '7 days'");
}
