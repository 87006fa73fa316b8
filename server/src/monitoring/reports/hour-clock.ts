/** What the clocks of a zone show. */
interface ClockTime {
  /** As in 2026-11-28. */
  readonly day: string;
  readonly hour: number;
  /** As in 2026-11-28 14:05. */
  readonly text: string;
}

export type HourClock = (at: Date) => ClockTime;

/** Reads the clocks of one zone. */
export function hourClock(zone: string): HourClock {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  return (at) => {
    const text = format.format(at);
    return { day: text.slice(0, 10), hour: Number(text.slice(11, 13)), text };
  };
}
