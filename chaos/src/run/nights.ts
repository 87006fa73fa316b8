/** Quiet hours that begin or end while a run lasts, and zones whose clocks change on that day. */
import type { Night } from './load-acts.js';
import { below, pick } from './random.js';

const minutesADay = 1440;
const zones: readonly [string, ...string[]] = [
  'UTC',
  'Asia/Tokyo',
  'Asia/Kathmandu',
  'America/St_Johns',
  'Pacific/Auckland',
  'Pacific/Marquesas',
];

/** Minutes since midnight on the wall of a zone. */
export function minuteOfDay(timezone: string, at: Date): number {
  const text = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
  const [hours, minutes] = text.split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}

/** Half of them are on now; most of these end, and half of the others begin, within three minutes. */
export function drawNight(draw: () => number, changingZone: string | null): Night {
  const timezone = changingZone !== null && draw() < 0.7 ? changingZone : pick(zones, draw);
  const now = minuteOfDay(timezone, new Date());
  const isOn = draw() < 0.5;
  const near = 1 + below(draw, 3);
  const far = 60 + below(draw, 300);
  const [start, end] = isOn ? [now - far, draw() < 0.75 ? now + near : now + far] : [now + (draw() < 0.5 ? near : far), now + far + 120];
  return { timezone, startMinute: wrap(start), endMinute: wrap(end) };
}

const wrap = (minute: number): number => (minute + 2 * minutesADay) % minutesADay;

interface Change {
  readonly timezone: string;
  /** When the clocks there are put forward or back. */
  readonly at: string;
}

/** By an hour, by half an hour, and at midnight. */
export const CHANGES: readonly [Change, ...Change[]] = [
  { timezone: 'Europe/Berlin', at: '2027-03-28T01:00:00Z' },
  { timezone: 'Europe/Berlin', at: '2027-10-31T01:00:00Z' },
  { timezone: 'America/New_York', at: '2027-03-14T07:00:00Z' },
  { timezone: 'America/New_York', at: '2027-11-07T06:00:00Z' },
  { timezone: 'Australia/Lord_Howe', at: '2027-04-03T15:00:00Z' },
  { timezone: 'Australia/Lord_Howe', at: '2027-10-02T15:30:00Z' },
  { timezone: 'America/Santiago', at: '2027-04-04T03:00:00Z' },
];
