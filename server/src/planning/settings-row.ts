/** Minutes since midnight of a Postgres `time` as text, `HH:MM:SS`. `24:00` counts as midnight. */
export function minuteOfDay(time: string): number {
  const hours = Number(time.slice(0, 2));
  const minutes = Number(time.slice(3, 5));
  return Number.isInteger(hours) && Number.isInteger(minutes) ? (hours * 60 + minutes) % 1440 : 0;
}
