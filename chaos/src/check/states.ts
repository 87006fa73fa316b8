/** The states and steps of docs/states.md, written down here once more: the checker must not believe the product's own tables. */

export const QUEUED = 1;
const SENDING = 2;
export const ACCEPTED_BY_EXPO = 10;
export const ACCEPTED_BY_PLATFORM = 20;
export const ACKED_BY_DEVICE = 21;
export const FAILED = 30;
const EXPIRED = 31;
const CANCELLED = 32;
export const UNKNOWN = 33;
export const RECEIPT_MISSING = 34;
export const DEAD_LETTER = 35;

const names: ReadonlyMap<number, string> = new Map([
  [QUEUED, 'queued'],
  [SENDING, 'sending'],
  [ACCEPTED_BY_EXPO, 'accepted_by_expo'],
  [ACCEPTED_BY_PLATFORM, 'accepted_by_platform'],
  [ACKED_BY_DEVICE, 'acked_by_device'],
  [FAILED, 'failed'],
  [EXPIRED, 'expired'],
  [CANCELLED, 'cancelled'],
  [UNKNOWN, 'unknown'],
  [RECEIPT_MISSING, 'receipt_missing'],
  [DEAD_LETTER, 'dead_letter'],
]);

const steps: ReadonlyMap<number, readonly number[]> = new Map([
  [QUEUED, [SENDING, EXPIRED, CANCELLED]],
  [SENDING, [QUEUED, ACCEPTED_BY_EXPO, ACCEPTED_BY_PLATFORM, FAILED, EXPIRED, CANCELLED, UNKNOWN, DEAD_LETTER]],
  [ACCEPTED_BY_EXPO, [QUEUED, ACCEPTED_BY_PLATFORM, ACKED_BY_DEVICE, FAILED, RECEIPT_MISSING]],
  [ACCEPTED_BY_PLATFORM, [ACKED_BY_DEVICE]],
  [RECEIPT_MISSING, [ACKED_BY_DEVICE]],
  [UNKNOWN, [QUEUED, ACKED_BY_DEVICE]],
  [FAILED, [QUEUED]],
  [DEAD_LETTER, [QUEUED]],
]);

export const stateName = (state: number): string => names.get(state) ?? `state ${state}`;

export const ends = (state: number): boolean => state >= ACCEPTED_BY_PLATFORM;

/** Whether a recorded step may follow the one before it. What is queued is sent without a record, so what sending leads to may follow it. */
export function mayFollow(previous: number, next: number): boolean {
  const direct = steps.get(previous)?.includes(next) === true;
  return direct || (previous === QUEUED && steps.get(SENDING)?.includes(next) === true);
}
