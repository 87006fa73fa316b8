import type { Database } from '../database/database.js';
import type { Duty } from './worker.js';

const HOUR_MS = 3_600_000;

/** What several workers may do at once without harm; each has its own lock or skips what another holds. */
export function maintenanceDuties(database: Database): Duty[] {
  return [
    {
      name: 'partitions',
      everyMs: HOUR_MS,
      run: async () => {
        await database.query('select push.ensure_partitions()');
        return false;
      },
    },
    {
      // Users who got nothing for a day have no history that matters: the longest dedupe window and the cap's are behind them.
      name: 'forget recent',
      everyMs: HOUR_MS,
      run: async () => {
        const forgotten = await database.query(/* sql */ `
          delete from push.user_recent where user_id in (
            select user_id from push.user_recent
            where updated_at < now() - interval '1 day' and pace_until < now() and not exists (select from unnest(untils) u where u > now())
            limit 10000 for update skip locked)
          returning 1`);
        return forgotten.length === 10_000;
      },
    },
  ];
}
