import type { Logger } from '../logging/logger.js';
import { logNotificationError } from '../logging/notification-error.js';
import type { TakenResult } from '../providers/provider.js';
import type { ItemResult, LeasedChunk } from '../queue/queue-engine.js';
import type { PreparedChunk } from './prepare-chunk.js';

type Log = Pick<Logger, 'error' | 'warn'>;

/** What became of one delivery, whether by its ticket or by its receipt. */
interface Settled {
  readonly to: string;
  readonly code: string | null;
}

/** Whoever cancelled, or let it expire, is no error. */
const texts: Readonly<Record<string, string>> = {
  failed: 'deliveries failed',
  unknown: 'deliveries are unknown',
  dead_letter: 'deliveries are dead letters',
  receipt_missing: 'deliveries have no receipt',
  queued: 'deliveries go back to the queue',
};

/** One line for each code and outcome of a request, with how many deliveries it is about. */
export function logFailures(log: Log, items: readonly Settled[], about: object): void {
  const counts = new Map<string, { readonly code: string; readonly text: string; n: number }>();
  for (const { to, code } of items) {
    const text = texts[to];
    if (text === undefined || code === null) continue;
    const key = `${code} ${to}`;
    const counted = counts.get(key);
    if (counted === undefined) counts.set(key, { code, text, n: 1 });
    else counted.n++;
  }
  for (const { code, text, n } of counts.values()) logNotificationError(log, code, text, { ...about, n }, 'warn');
}

/** A request that the provider did not take as a whole: one line, however many messages were in it. */
export function logRefusal(
  log: Log,
  { chunkId, projectId, recipients }: LeasedChunk,
  { code }: { readonly code: string },
  text: string,
): void {
  logNotificationError(log, code, text, { chunkId, projectId, n: recipients }, 'warn');
}

/** What a provider's answer made of the messages that were in the request; what was never sent is not spoken of. */
export function logResults(log: Log, { lease, positions }: PreparedChunk, result: TakenResult, items: readonly ItemResult[]): void {
  const apart = result.kind === 'isolate' || result.kind === 'regroup';
  if (apart) logRefusal(log, lease, result, 'a request was refused; its messages are tried apart');
  const settled = positions.flatMap((position) => {
    const item = items[position];
    return item === undefined || item.to === 'accepted' || (apart && item.to === 'queued') ? [] : [item];
  });
  logFailures(log, settled, { chunkId: lease.chunkId, projectId: lease.projectId });
}
