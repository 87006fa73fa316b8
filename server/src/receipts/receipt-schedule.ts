/** Expo keeps receipts for a day (Expo documentation, "Push receipts"). Given up half an hour before, so that none is asked for too late. */
export const GIVE_UP_SECONDS = 23.5 * 3600;

const FIRST_SECONDS = 15 * 60;
const MOST_SECONDS = 4 * 3600;

/**
 * Seconds until tickets without a receipt are asked for again: 15 min, 30 min, 1 h … 4 h, with up to a tenth of jitter, but for the last time no
 * later than when they are given up.
 */
export function nextReceiptDelay(tries: number, ageSeconds: number, random: () => number): number {
  const base = Math.min(MOST_SECONDS, FIRST_SECONDS * 2 ** Math.min(tries, 10));
  return Math.min(base * (1 + random() / 10), Math.max(1, GIVE_UP_SECONDS - ageSeconds));
}
