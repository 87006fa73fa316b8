import type { LedgerEntry } from './entry.js';

/** What the ledger says against a list of deliveries that should have been taken. */
export interface LedgerVerdict {
  readonly expected: number;
  /** Expected, never taken. */
  readonly lost: string[];
  /** Taken more than once. */
  readonly duplicated: { deliveryId: string; hits: number }[];
  /** Taken, but not expected. */
  readonly unexpected: string[];
  /** Taken without a `data._deliveryId`: they answer no question. */
  readonly withoutDeliveryId: number;
}

/** How often each delivery was taken. */
export function hitsByDelivery(entries: readonly LedgerEntry[]): Map<string, number> {
  const hits = new Map<string, number>();
  for (const { accepted, deliveryId } of entries) {
    if (accepted && deliveryId !== null) hits.set(deliveryId, (hits.get(deliveryId) ?? 0) + 1);
  }
  return hits;
}

export function judge(entries: readonly LedgerEntry[], expectedIds: Iterable<string>): LedgerVerdict {
  const hits = hitsByDelivery(entries);
  const expected = new Set(expectedIds);
  return {
    expected: expected.size,
    lost: [...expected].filter((id) => !hits.has(id)),
    duplicated: duplicates(hits),
    unexpected: [...hits.keys()].filter((id) => !expected.has(id)),
    withoutDeliveryId: entries.filter((entry) => entry.accepted && entry.deliveryId === null).length,
  };
}

export function duplicates(hits: ReadonlyMap<string, number>): { deliveryId: string; hits: number }[] {
  return [...hits].filter(([, count]) => count > 1).map(([deliveryId, count]) => ({ deliveryId, hits: count }));
}

/** What a device was sent, in the order of arrival. */
export function takenBy(entries: readonly LedgerEntry[], token: string): LedgerEntry[] {
  return entries.filter((entry) => entry.accepted && entry.token === token);
}

/**
 * What a device that was online all the time shows at the end: a notification replaces an earlier one with the same
 * `collapseId` on iOS, with the same `tag` on Android. (Android's `collapseId` only merges what waits in flight.)
 */
export function shownOn(entries: readonly LedgerEntry[], token: string): LedgerEntry[] {
  const shown = new Map<string, LedgerEntry>();
  for (const entry of takenBy(entries, token)) {
    const replaces = entry.platform === 'ios' ? entry.collapseId : entry.tag;
    const slot = replaces === null ? `ticket ${entry.ticketId}` : `key ${replaces}`;
    shown.delete(slot);
    shown.set(slot, entry);
  }
  return [...shown.values()];
}
