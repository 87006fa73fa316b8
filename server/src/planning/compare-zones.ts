import type { Queryable } from '../database/database.js';
import type { Logger } from '../logging/logger.js';
import { isKnownTimezone, LocalTime } from './local-time.js';

const dayMs = 86_400_000;
/** Now and twice more within the year: a country that changes its rules shows by then. */
const probesInDays = [0, 91, 182, 273];

/**
 * Local time of every zone at some instants, as Postgres has it. Names that Postgres has as abbreviations too ("CET") are left out: with
 * them it means an offset, the whole year. $1: instants, seconds since 1970.
 */
const localMinutes = /* sql */ `
select z.name, array_agg((extract(hour from local) * 60 + extract(minute from local))::int order by nr) as minutes
from pg_timezone_names z, unnest($1::float8[]) with ordinality as asked(at, nr),
  lateral (select to_timestamp(at) at time zone z.name as local) there
where z.name not like 'posix%' and z.name not in (select abbrev from pg_timezone_abbrevs)
group by z.name
order by z.name`;

export interface ShownTimes {
  readonly name: string;
  /** Minutes since local midnight at each of the instants. */
  readonly minutes: readonly number[];
}

/** Zones in which this Node and this Postgres do not show the same time at each of the instants: one has older rules than the other. */
export async function zonesThatDiffer(database: Queryable, instants: readonly number[]): Promise<string[]> {
  const seconds = instants.map((at) => at / 1000);
  return differingFrom(await database.query<ShownTimes>(localMinutes, [seconds]), instants);
}

/** Zones that this Node does not know are left out: planning takes the default zone for them. */
export function differingFrom(shown: readonly ShownTimes[], instants: readonly number[]): string[] {
  const localTime = new LocalTime();
  const differs = ({ name, minutes }: ShownTimes): boolean =>
    instants.some((at, index) => localTime.minuteOfDay(at, name) !== minutes[index]);
  return shown.filter((zone) => isKnownTimezone(zone.name) && differs(zone)).map(({ name }) => name);
}

/** Quiet hours follow Node's rules. Where Postgres knows others, one of the two should be updated. */
export async function warnOfZonesThatDiffer(database: Queryable, now: Date, log: Logger): Promise<void> {
  const instants = probesInDays.map((days) => now.getTime() + days * dayMs);
  const zones = await zonesThatDiffer(database, instants);
  if (zones.length > 0) {
    const remedy = 'update Node or Postgres (or its tzdata), whichever is older; until then quiet hours there may be off by an hour';
    log.warn({ zones, node: process.versions.tz, remedy }, 'Node and Postgres do not agree on the time in some zones');
  }
}
