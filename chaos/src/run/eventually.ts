import { setTimeout as delay } from 'node:timers/promises';
import { mono } from './journal.js';

/** Throws when it does not come about within `ms` (60 s), or when it is to stop. */
export async function eventually(
  what: string,
  holds: () => Promise<boolean>,
  { ms = 60_000, everyMs = 100, stop }: { readonly ms?: number; readonly everyMs?: number; readonly stop?: AbortSignal } = {},
): Promise<void> {
  const until = mono() + ms;
  while (mono() < until) {
    stop?.throwIfAborted();
    if (await holds().catch(() => false)) return;
    await delay(everyMs);
  }
  throw new Error(`It never came about that ${what}.`);
}
