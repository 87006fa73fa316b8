import type { QuietHours } from './planning-types.js';

/**
 * Quiet hours from two Postgres `time`s as text, `HH:MM:SS`. With seconds, the minute in which they begin or end is quiet as a whole.
 * `24:00` counts as midnight, and what is no time too: the stored type allows neither, but one row must not stop a batch.
 */
export function quietHoursOf(start: string, end: string): QuietHours {
  const hasSeconds = /[1-9]/.test(end.slice(5));
  return { startMinute: minuteOfDay(start), endMinute: (minuteOfDay(end) + (hasSeconds ? 1 : 0)) % 1440 };
}

function minuteOfDay(time: string): number {
  const hours = Number(time.slice(0, 2));
  const minutes = Number(time.slice(3, 5));
  return Number.isInteger(hours) && Number.isInteger(minutes) ? (hours * 60 + minutes) % 1440 : 0;
}
