import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { instantNear, quietSpan, zones } from '../../test/support/local-time-arbitraries.js';
import { isKnownTimezone, isQuietMinute, LocalTime, openMinutes } from './local-time.js';

const at = (iso: string): number => Date.parse(iso);
const clock = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
const quiet = (start: string, end: string) => ({ startMinute: clock(start), endMinute: clock(end) });

describe('isKnownTimezone', () => {
  it.each([
    'UTC',
    'Asia/Tokyo',
    'asia/tokyo',
    'America/Argentina/Buenos_Aires',
    'Etc/GMT+5',
    'Etc/GMT-14',
    'US/Pacific',
    'Japan',
    'NZ-CHAT',
    'utc',
  ])('knows %s', (name) => {
    expect(isKnownTimezone(name)).toBe(true);
  });

  it.each([
    '',
    ' ',
    'Mars/Olympus',
    '+05:30',
    '-0800',
    'UTC+9',
    'JST',
    'PST',
    'IST',
    'XYZ5',
    'EST',
    'EST5EDT',
    'JST-9',
    'Mars/Olympus5',
    'Asia/Tokyo ',
    'Asia/Tokyo\0',
    'Asia//Tokyo',
    '../etc/passwd',
    'posix/Asia/Tokyo',
    'localtime',
    'Factory',
    '東京',
    `A${'a'.repeat(100_000)}`,
    'Asia/Tokyo[u-ca=japanese]',
    '__proto__',
    'constructor',
  ])('refuses %j', (name) => {
    expect(isKnownTimezone(name)).toBe(false);
    expect(new LocalTime().isKnown(name)).toBe(false);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => typeof isKnownTimezone(name) === 'boolean'));
  });

  it('knows every zone of this runtime', () => {
    expect(zones.filter((zone) => !isKnownTimezone(zone))).toEqual([]);
  });
});

describe('isQuietMinute', () => {
  it.each([
    ['22:00', '07:00', '22:00', true],
    ['22:00', '07:00', '21:59', false],
    ['22:00', '07:00', '06:59', true],
    ['22:00', '07:00', '07:00', false],
    ['13:00', '15:00', '13:00', true],
    ['13:00', '15:00', '15:00', false],
    ['22:00', '00:00', '23:59', true],
    ['22:00', '00:00', '00:00', false],
    ['00:00', '07:00', '00:00', true],
    ['07:00', '07:00', '07:00', false],
  ])('%s to %s at %s: %s', (start, end, time, expected) => {
    expect(isQuietMinute(quiet(start, end), clock(time))).toBe(expected);
  });

  it('leaves as many minutes open as openMinutes says', () => {
    fc.assert(
      fc.property(quietSpan, (span) => {
        const open = Array.from({ length: 1440 }, (_, minute) => minute).filter((minute) => !isQuietMinute(span, minute));
        expect(open).toHaveLength(openMinutes(span));
      }),
    );
  });
});

describe('LocalTime.minuteOfDay', () => {
  it('throws for a zone that it does not know', () => {
    expect(() => new LocalTime().minuteOfDay(0, 'Mars/Olympus')).toThrow(RangeError);
  });

  it('agrees with Temporal in every zone, above all around changes of clocks', () => {
    const localTime = new LocalTime();
    fc.assert(
      fc.property(
        fc.constantFrom(...zones).chain((zone) => fc.tuple(fc.constant(zone), instantNear(zone))),
        ([zone, instant]) => {
          const local = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
          expect(localTime.minuteOfDay(instant, zone)).toBe(local.hour * 60 + local.minute);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('LocalTime.quietEnd', () => {
  it.each([
    ['a plain night', 'Asia/Tokyo', '22:00', '07:00', '2026-08-01T14:30:00Z', '2026-08-01T22:00:00Z'],
    ['after midnight', 'Asia/Tokyo', '22:00', '07:00', '2026-08-01T16:00:00Z', '2026-08-01T22:00:00Z'],
    ['until midnight', 'Asia/Tokyo', '22:00', '00:00', '2026-08-01T14:30:00Z', '2026-08-01T15:00:00Z'],
    ['by day', 'Asia/Kolkata', '13:00', '15:15', '2026-08-01T08:00:00Z', '2026-08-01T09:45:00Z'],
    ['the end is in a gap: the first instant after it', 'Europe/Berlin', '22:00', '02:30', '2026-03-28T23:00:00Z', '2026-03-29T01:00:00Z'],
    ['the end is where the gap begins', 'Europe/Berlin', '22:00', '02:00', '2026-03-28T23:00:00Z', '2026-03-29T01:00:00Z'],
    ['the end is where the gap ends', 'Europe/Berlin', '22:00', '03:00', '2026-03-28T23:00:00Z', '2026-03-29T01:00:00Z'],
    ['the night with a gap is an hour shorter', 'Europe/Berlin', '22:00', '07:00', '2026-03-28T21:00:00Z', '2026-03-29T05:00:00Z'],
    ['the end comes twice: the later', 'Europe/Berlin', '22:00', '02:30', '2026-10-24T22:00:00Z', '2026-10-25T01:30:00Z'],
    ['the end comes twice, asked between', 'Europe/Berlin', '22:00', '02:30', '2026-10-25T01:10:00Z', '2026-10-25T01:30:00Z'],
    ['put back to the very end: the earlier', 'Europe/Berlin', '22:00', '02:00', '2026-10-24T22:00:00Z', '2026-10-25T00:00:00Z'],
    ['put back from the very end', 'Europe/Berlin', '22:00', '03:00', '2026-10-24T22:00:00Z', '2026-10-25T02:00:00Z'],
    ['the start comes twice', 'Europe/Berlin', '02:30', '07:00', '2026-10-25T00:40:00Z', '2026-10-25T06:00:00Z'],
    ['midnight comes twice', 'America/Havana', '22:00', '00:30', '2026-11-01T03:30:00Z', '2026-11-01T05:30:00Z'],
    ['back over midnight into the day before', 'Africa/Cairo', '22:00', '23:30', '2026-10-29T20:10:00Z', '2026-10-29T21:30:00Z'],
    ['half an hour', 'Australia/Lord_Howe', '22:00', '01:45', '2026-04-04T13:00:00Z', '2026-04-04T15:15:00Z'],
    ['all that is open falls into the gap', 'Europe/Berlin', '02:40', '02:10', '2026-03-28T22:00:00Z', '2026-03-30T00:10:00Z'],
  ])('%s (%s, %s to %s)', (_name, zone, start, end, now, expected) => {
    const localTime = new LocalTime();
    const span = quiet(start, end);
    expect(localTime.isQuiet(span, at(now), zone)).toBe(true);
    expect(new Date(localTime.quietEnd(span, at(now), zone)).toISOString()).toBe(new Date(at(expected)).toISOString());
  });

  it('is later, open, and right after a quiet minute, whatever clocks do; what was asked before changes nothing', () => {
    const shared = new LocalTime();
    const nights = fc.constantFrom(...zones).chain((zone) => fc.tuple(fc.constant(zone), instantNear(zone), quietSpan));
    let held = 0;
    fc.assert(
      fc.property(nights, ([zone, now, span]) => {
        if (!shared.isQuiet(span, now, zone)) {
          return;
        }
        held++;
        const end = shared.quietEnd(span, now, zone);
        expect(end).toBeGreaterThan(now);
        expect(shared.isQuiet(span, end, zone)).toBe(false);
        expect(shared.isQuiet(span, end - 1, zone)).toBe(true);
        expect(new LocalTime().quietEnd(span, now, zone)).toBe(end);
        expect(shared.quietEnd(span, now, zone)).toBe(end);
      }),
      { numRuns: 3000 },
    );
    expect(held).toBeGreaterThan(500);
  });

  it('stays quiet from the question to the end, but for an hour that came twice', () => {
    const localTime = new LocalTime();
    const nights = fc.constantFrom(...zones).chain((zone) => fc.tuple(fc.constant(zone), instantNear(zone), quietSpan));
    fc.assert(
      fc.property(nights, ([zone, now, span]) => {
        if (!localTime.isQuiet(span, now, zone)) {
          return;
        }
        const end = localTime.quietEnd(span, now, zone);
        let open = 0;
        for (let instant = now; instant < end; instant += 300_000) {
          open += localTime.isQuiet(span, instant, zone) ? 0 : 5;
        }
        expect(open).toBeLessThanOrEqual(120);
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same answer to everybody who asks in the same night', () => {
    const localTime = new LocalTime();
    const span = quiet('22:00', '02:30');
    const asked = ['2026-10-24T20:00:00Z', '2026-10-25T00:29:00Z', '2026-10-25T01:05:00Z', '2026-10-24T21:00:00Z', '2026-10-25T21:00:00Z'];
    const ends = asked.map((now) => new Date(localTime.quietEnd(span, at(now), 'Europe/Berlin')).toISOString());
    const nightBefore = localTime.quietEnd(span, at('2026-10-23T21:00:00Z'), 'Europe/Berlin');
    expect(new Date(nightBefore).toISOString()).toBe('2026-10-24T00:30:00.000Z');
    expect(ends).toEqual([...Array<string>(4).fill('2026-10-25T01:30:00.000Z'), '2026-10-26T01:30:00.000Z']);
  });
});
