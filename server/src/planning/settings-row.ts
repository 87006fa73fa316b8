import type { QuietHours } from './planning-types.js';

const dayMinutes = 1440;

/**
 * Quiet hours from two Postgres `time`s as text, `HH:MM:SS`. With seconds, the minute in which they begin or end is quiet as a whole. The same time
 * twice means none. What covers the whole day (to `23:59:59`, to `24:00`) leaves its last minute open: held pushes have to come out some time.
 * What is no time counts as midnight: the stored type allows it not, but one row must not stop a batch.
 */
export function quietHoursOf(start: string, end: string): QuietHours {
  const [from, to] = [minutesOf(start), minutesOf(end)];
  const startMinute = Math.floor(from) % dayMinutes;
  if (from % dayMinutes === to || from === to) return { startMinute, endMinute: startMinute };
  const beginsLate = from - Math.floor(from);
  const length = Math.ceil(((to - from + dayMinutes) % dayMinutes || dayMinutes) + beginsLate - rounding);
  return { startMinute, endMinute: (startMinute + Math.min(length, dayMinutes - 1)) % dayMinutes };
}

/** `HH:MM`, minutes since midnight being given. */
export function timeOfDay(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

/** Of a minute: less than the microsecond in which Postgres stores times, more than the error of a sum. */
const rounding = 1e-9;

/** Since midnight, seconds as a fraction: 0 … 1440. */
function minutesOf(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  const all = hours * 60 + minutes + seconds / 60;
  return all >= 0 && all <= dayMinutes ? all : 0;
}
