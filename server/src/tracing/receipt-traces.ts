import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Clock } from '../clock/clock.js';
import type { Queryable } from '../database/database.js';
import { describeError } from '../logging/describe-error.js';
import type { Logger } from '../logging/logger.js';
import { byTrace, type NotificationTrace, type TraceContexts } from './trace-contexts.js';
import type { TraceOutput } from './trace-output.js';

interface ReceiptParts {
  readonly output: TraceOutput;
  readonly contexts: TraceContexts;
  readonly database: Queryable;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What a receipt said, of each ticket of a batch in its order. state: a code of push.delivery_states, 0 when nothing yet. */
interface Verdict {
  readonly state: number;
  readonly code: string | null;
}

/** One request for receipts. */
export interface ReceiptTrace {
  /** After the commit, with those batches that were still ours. Resolves before the next one needs the rows; never rejects. */
  end(settled: readonly { readonly batchId: string; readonly verdicts: readonly Verdict[] }[]): void;
}

const contents = /* sql */ `
select id::text, notification_ids as "notificationIds" from push.receipt_batches where id = any ($1::bigint[])`;

const names: Readonly<Record<number, string>> = { 1: 'queued', 20: 'accepted_by_platform', 30: 'failed', 34: 'receipt_missing' };

/** `todoku.receipts`: from the request to the commit of what it said, once in each trace that learnt something. */
export class ReceiptTraces {
  readonly #parts: ReceiptParts;

  constructor(parts: ReceiptParts) {
    this.#parts = parts;
  }

  /** Before the request, while the batches are leased: afterwards they are gone. Never rejects. */
  async begin(batchIds: readonly string[]): Promise<ReceiptTrace> {
    const { clock, log } = this.#parts;
    const startedAt = clock.now();
    let traces = new Map<string, readonly (NotificationTrace | undefined)[]>();
    try {
      traces = await this.#tracesOf(batchIds);
    } catch (error) {
      log.warn({ error: describeError(error) }, 'traces: contexts could not be read');
    }
    return {
      end: (settled) => {
        const found = settled.flatMap(({ batchId, verdicts }) =>
          verdicts.map((verdict, position) => ({ verdict, trace: traces.get(batchId)?.[position] })),
        );
        this.#tell(
          found.filter(({ verdict }) => verdict.state !== 0),
          startedAt,
        );
      },
    };
  }

  async #tracesOf(batchIds: readonly string[]): Promise<Map<string, readonly (NotificationTrace | undefined)[]>> {
    const { database, contexts } = this.#parts;
    const batches = await database.query<{ id: string; notificationIds: string[] }>(contents, [batchIds]);
    const traces = await contexts.sampled([...new Set(batches.flatMap(({ notificationIds }) => notificationIds))]);
    return new Map(batches.map(({ id, notificationIds }) => [id, notificationIds.map((one) => traces.get(one))]));
  }

  #tell(found: readonly { readonly verdict: Verdict; readonly trace: NotificationTrace | undefined }[], startTime: Date): void {
    const { output, clock } = this.#parts;
    const end = clock.now();
    for (const { trace, items } of byTrace(found, (one) => one.trace)) {
      const counts: Record<string, number> = { 'todoku.deliveries': items.length };
      for (const { verdict } of items) {
        const name = `todoku.${names[verdict.state] ?? 'other'}`;
        counts[name] = (counts[name] ?? 0) + 1;
      }
      const code = items.find(({ verdict }) => verdict.code !== null)?.verdict.code ?? null;
      const attributes = code === null ? counts : { ...counts, 'todoku.code': code };
      const span = output.child(trace.context, 'todoku.receipts', { kind: SpanKind.CLIENT, startTime, attributes });
      if (code !== null) span.setStatus({ code: SpanStatusCode.ERROR, message: code });
      span.end(end);
    }
  }
}
