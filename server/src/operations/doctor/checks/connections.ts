import { type Check, fail, ok, text, warn } from '../finding.js';

/** One for notifications beside each pool, and an operator's. */
const BESIDE_POOLS = 2;

/** Whether every process that is alive could open all the connections that its pools allow. */
export const connections: Check = {
  name: 'connections',
  title: text('Connections', '接続数'),
  needsDatabase: true,
  look: async ({ database, config: { database: pools } }) => {
    const [row] = await database.query<{ most: number; reserved: number; others: number; processes: number; workers: number }>(/* sql */ `
      select current_setting('max_connections')::int as most,
        current_setting('superuser_reserved_connections')::int + coalesce(current_setting('reserved_connections', true)::int, 0) as reserved,
        (select count(*) from pg_stat_activity where backend_type = 'client backend' and application_name not like 'todoku%') as others,
        (select count(*) from push.workers where stopped_at is null and heartbeat_at > now() - interval '1 minute') as processes,
        (select count(*) from push.workers where 'worker' = any (roles) and stopped_at is null and heartbeat_at > now() - interval '1 minute') as workers`);
    if (row === undefined) throw new Error('no answer');
    const { most, reserved, others, processes, workers } = row;
    const wanted = processes * (pools.apiConnections + BESIDE_POOLS) + workers * (pools.workerConnections + BESIDE_POOLS);
    const room = most - reserved;
    const found = text(
      `${processes} processes may open ${wanted}, others hold ${others}, the server allows ${room}`,
      `${processes} プロセスが最大 ${wanted}、その他 ${others}、サーバーの上限 ${room}`,
    );
    const remedy = text(
      'Lower TODOKU_DB_POOL_API and TODOKU_DB_POOL_WORKER, run fewer processes, or raise max_connections (needs a restart of Postgres). Reckoned with the pools of this environment.',
      'TODOKU_DB_POOL_API と TODOKU_DB_POOL_WORKER を下げるか、プロセスを減らすか、max_connections を上げてください（要再起動）。この環境のプール設定で計算しています。',
    );
    if (wanted > room) return [fail(found, remedy)];
    return [wanted + others > 0.9 * room ? warn(found, remedy) : ok(found)];
  },
};
