/** The earliest time that the tables take, milliseconds since 1970. */
export const earliestTime = Date.UTC(2000);
const latest = Date.UTC(2200);

/** The years that the tables take (notifications_created_at_sane and its like): planning computes with them, and the year 200000 is a mistake. */
export const storableYears = '2000 to 2199';

export function isStorableTime(time: Date): boolean {
  return time.getTime() >= earliestTime && time.getTime() < latest;
}
