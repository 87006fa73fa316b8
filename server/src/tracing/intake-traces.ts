import { type Span, type SpanContext, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Clock } from '../clock/clock.js';
import { describeError } from '../logging/describe-error.js';
import type { Logger } from '../logging/logger.js';
import { ownContext, parseTraceparent } from './trace-context.js';
import type { TraceContexts } from './trace-contexts.js';
import type { TraceOutput } from './trace-output.js';

interface IntakeParts {
  readonly output: TraceOutput;
  readonly contexts: TraceContexts;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Of one request at a door: from when it was read until its notifications were committed. */
export interface IntakeTrace {
  /** To be called with the ids before they are committed. Never rejects. */
  carry(notificationIds: readonly string[]): Promise<void>;
  /** taken, of asked notifications; null: it failed as a whole, with this code. */
  end(outcome: { readonly asked: number; readonly taken: number } | { readonly code: string }): void;
}

/** `todoku.intake`: below the caller's span where one is named, else the root of the first notification's own trace. */
export class IntakeTraces {
  readonly #parts: IntakeParts;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** traceparent: as the caller sent it; one that is wrong is as good as none. */
  begin(traceparent: string | null): IntakeTrace {
    const { clock, log, contexts } = this.#parts;
    const startTime = clock.now();
    const parent = parseTraceparent(traceparent);
    let span: Span | null = null;
    return {
      carry: async (ids) => {
        try {
          span = this.#start(ids, parent, startTime);
          // A caller that does not want its trace to be recorded is remembered too.
          const context = span?.spanContext() ?? parent;
          if (context !== null) await contexts.keep(ids, context);
        } catch (error) {
          log.warn({ error: describeError(error) }, 'traces: the context could not be stored');
        }
      },
      end: (outcome) => {
        if (span === null) return;
        if ('code' in outcome) span.setStatus({ code: SpanStatusCode.ERROR, message: outcome.code });
        else span.setAttributes({ 'todoku.notifications': outcome.asked, 'todoku.accepted': outcome.taken });
        span.end(clock.now());
      },
    };
  }

  #start(ids: readonly string[], parent: SpanContext | null, startTime: Date): Span | null {
    const { output } = this.#parts;
    const options = { kind: SpanKind.SERVER, startTime, attributes: { 'todoku.door': 'http', ...only(ids) } };
    if (parent !== null) return output.samples(parent.traceId, parent) ? output.child(parent, 'todoku.intake', options) : null;
    const own = ownContext(ids[0] ?? '');
    return own !== null && output.samples(own.traceId, null) ? output.root(own, 'todoku.intake', options) : null;
  }
}

const only = (ids: readonly string[]): object => (ids.length === 1 ? { 'todoku.notification.id': ids[0] } : {});
