import { zonesThatDiffer } from '../../../planning/compare-zones.js';
import { type Check, fail, ok, someOf, text, warn } from '../finding.js';

const DAY_MS = 86_400_000;

/** Quiet hours follow Node's rules, and the app's SQL Postgres'. */
export const timeZones: Check = {
  name: 'time-zones',
  title: text('Time zones', 'タイムゾーン'),
  needsDatabase: true,
  look: async ({ database, clock }) => {
    const instants = [0, 91, 182, 273].map((days) => clock.now().getTime() + days * DAY_MS);
    const zones = await zonesThatDiffer(database, instants);
    const node = process.versions.tz ?? '?';
    if (zones.length === 0)
      return [ok(text(`Node (${node}) and Postgres agree in every zone`, `Node（${node}）と Postgres は全ゾーンで一致`))];
    const used = await database.query<{ zone: string; users: number }>(
      /* sql */ `
      select timezone as zone, count(*) as users from public.notification_settings where timezone = any ($1) group by 1
      union all select default_timezone, null from push.policy where default_timezone = any ($1) order by 1`,
      [zones],
    );
    const remedy = text(
      'Update Node or Postgres (or the tzdata of its machine), whichever is older; until then quiet hours there may be off by an hour.',
      'Node か Postgres（またはその tzdata）の古い方を更新してください。それまで該当ゾーンのおやすみモードが 1 時間ずれることがあります。',
    );
    const found = `${zones.length}: ${someOf(zones)}`;
    if (used.length === 0)
      return [warn(text(`they differ in zones that nobody uses, ${found}`, `利用者のいないゾーンで不一致 ${found}`), remedy)];
    const names = someOf(used.map(({ zone, users }) => (users === null ? zone : `${zone} (${users})`)));
    return [fail(text(`they differ in zones that are in use: ${names}`, `使用中のゾーンで不一致: ${names}`), remedy)];
  },
};
