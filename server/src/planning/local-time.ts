/**
 * The one place of local time: what a user's clock shows, whether that is inside her quiet hours, and when those end.
 *
 * Quiet hours are a span of the day on the user's clock, [start, end): quiet at start, no longer quiet at end. An instant is quiet when
 * her clock shows a minute of the span, whatever clocks did that night. So, where clocks are changed:
 * - put forward over the end (a gap): the span ends at the first instant after the gap;
 * - put back over the end (an overlap): the span is quiet at both occurrences, and ends at the later one. If the clock is put back
 *   exactly to the end, no quiet minute comes again, and the span ends at the earlier one;
 * - put back over the start: a minute that is shown twice is quiet twice; the span in which a hold began still ends at its end.
 */
import { LRUCache } from 'lru-cache';
import { Temporal } from 'temporal-polyfill';
import type { QuietHours } from './planning-types.js';

const minuteMs = 60_000;

/** A formatter takes about 46 kB outside the heap. Most apps meet a few dozen zones. */
const zonesKept = 256;
const spansKept = 1024;

/**
 * What push.is_timezone in the database asks of a name besides knowing it; the two have to be the same. A place after a slash, one of IANA's names
 * without one, or an offset under Etc/. Not abbreviations ("JST", "EST"), on whose meaning ICU and Postgres disagree ("IST", "BST"), nor POSIX
 * rules: Postgres takes "EST5EDT", "JST-9" and even "Mars/Olympus5" as such.
 */
const zoneName =
  /^(?!posix\/|right\/)(?:[a-z_]+(?:\/[a-z_-]+)+|etc\/gmt(?:0|[+-][0-9]|[+]1[0-2]|-1[0-4])|cuba|egypt|eire|gb|gb-eire|gmt|greenwich|hongkong|iceland|iran|israel|jamaica|japan|kwajalein|libya|navajo|nz|nz-chat|poland|portugal|prc|roc|rok|singapore|turkey|uct|universal|utc|w-su|zulu)$/i;

/** True for IANA names that this runtime knows. */
export function isKnownTimezone(name: string): boolean {
  if (name.length > 64 || !zoneName.test(name)) {
    return false;
  }
  try {
    new Temporal.ZonedDateTime(0n, name);
    return true;
  } catch {
    return false;
  }
}

/** `minute`: since local midnight. */
export function isQuietMinute(quiet: QuietHours, minute: number): boolean {
  const { startMinute, endMinute } = quiet;
  if (startMinute <= endMinute) {
    return minute >= startMinute && minute < endMinute;
  }
  return minute >= startMinute || minute < endMinute;
}

/** Minutes a day that are not quiet. */
export function openMinutes(quiet: QuietHours): number {
  return (quiet.startMinute - quiet.endMinute + 1440) % 1440 || 1440;
}

interface Zone {
  readonly formatter: Intl.DateTimeFormat;
  /** The last minute asked for, since 1970, and its local minute: a batch is planned at one instant. */
  askedMinute: number;
  localMinute: number;
}

interface Span {
  readonly askedAt: number;
  readonly endsAt: number;
}

/** Holds only caches; its answers depend on its arguments alone. Instants are milliseconds since 1970, within the range of Date. */
export class LocalTime {
  readonly #zones = new LRUCache<string, Zone | 'unknown'>({ max: zonesKept });
  readonly #spans = new LRUCache<string, Span>({ max: spansKept });

  isKnown(timezone: string): boolean {
    return this.#zone(timezone) !== 'unknown';
  }

  /** Minutes since local midnight. Throws RangeError when the zone is unknown. */
  minuteOfDay(at: number, timezone: string): number {
    const zone = this.#zone(timezone);
    if (zone === 'unknown') {
      throw new RangeError(`unknown time zone ${JSON.stringify(timezone)}`);
    }
    // Every offset in use since 1972 is of whole minutes, so that a minute of UTC is a minute everywhere.
    const minute = Math.floor(at / minuteMs);
    if (zone.askedMinute !== minute) {
      zone.localMinute = readMinute(zone.formatter.format(at));
      zone.askedMinute = minute;
    }
    return zone.localMinute;
  }

  isQuiet(quiet: QuietHours, at: number, timezone: string): boolean {
    return isQuietMinute(quiet, this.minuteOfDay(at, timezone));
  }

  /** When the quiet span that `at` is in ends. `at` must be quiet. */
  quietEnd(quiet: QuietHours, at: number, timezone: string): number {
    const key = `${timezone} ${quiet.startMinute} ${quiet.endMinute}`;
    const known = this.#spans.get(key);
    // Between that question and its answer there is no other end.
    if (known !== undefined && at >= known.askedAt && at < known.endsAt) {
      return known.endsAt;
    }
    const endsAt = this.#findQuietEnd(quiet, at, timezone);
    this.#spans.set(key, { askedAt: at, endsAt });
    return endsAt;
  }

  #findQuietEnd(quiet: QuietHours, at: number, timezone: string): number {
    const today = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone).toPlainDate();
    const time = Temporal.PlainTime.from({ hour: Math.floor(quiet.endMinute / 60), minute: quiet.endMinute % 60 });
    const first = this.minuteOfDay(at, timezone) < quiet.endMinute ? 0 : 1;
    // A day can lack its end: when all that is not quiet falls into a gap.
    for (let days = first; days < first + 3; days++) {
      const end = this.#endOn(today.add({ days }).toPlainDateTime(time), quiet, timezone);
      if (end > at && !this.isQuiet(quiet, end, timezone)) {
        return end;
      }
    }
    // No zone does this; planned again then, and again held.
    return at + 1440 * minuteMs;
  }

  #endOn(local: Temporal.PlainDateTime, quiet: QuietHours, timezone: string): number {
    const earlier = local.toZonedDateTime(timezone, { disambiguation: 'earlier' });
    const later = local.toZonedDateTime(timezone, { disambiguation: 'later' }).epochMilliseconds;
    if (earlier.epochMilliseconds === later) {
      return later;
    }
    if (!earlier.toPlainDateTime().equals(local)) {
      // In a gap, 'earlier' is before it by as much as the gap is long.
      return earlier.getTimeZoneTransition('next')?.epochMilliseconds ?? later;
    }
    return this.isQuiet(quiet, later - 1, timezone) ? later : earlier.epochMilliseconds;
  }

  #zone(timezone: string): Zone | 'unknown' {
    const kept = this.#zones.get(timezone);
    if (kept !== undefined) {
      return kept;
    }
    const zone: Zone | 'unknown' = isKnownTimezone(timezone)
      ? { formatter: formatterFor(timezone), askedMinute: Number.NaN, localMinute: 0 }
      : 'unknown';
    this.#zones.set(timezone, zone);
    return zone;
  }
}

function formatterFor(timezone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', { timeZone: timezone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

/** "HH:MM" */
function readMinute(text: string): number {
  const digit = (index: number): number => text.charCodeAt(index) - 48;
  return digit(0) * 600 + digit(1) * 60 + digit(3) * 10 + digit(4);
}
