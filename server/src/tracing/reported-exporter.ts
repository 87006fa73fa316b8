import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { describeError } from '../logging/describe-error.js';
import type { Logger } from '../logging/logger.js';

const REPORT_EVERY_MS = 60_000;

type Done = Parameters<SpanExporter['export']>[1];

/** An exporter that says in our log, once a minute at most, when the collector does not take spans. */
export class ReportedExporter implements SpanExporter {
  readonly #exporter: SpanExporter;
  readonly #log: Logger;
  readonly #monotonic: () => number;
  #reportedAt = Number.NEGATIVE_INFINITY;
  #lost = 0;

  constructor(exporter: SpanExporter, log: Logger, monotonic: () => number = () => performance.now()) {
    this.#exporter = exporter;
    this.#log = log;
    this.#monotonic = monotonic;
  }

  export(spans: ReadableSpan[], done: Done): void {
    this.#exporter.export(spans, (result) => {
      if (result.error !== undefined || result.code !== 0) this.#report(spans.length, result.error);
      done(result);
    });
  }

  async forceFlush(): Promise<void> {
    await this.#exporter.forceFlush?.();
  }

  async shutdown(): Promise<void> {
    await this.#exporter.shutdown();
  }

  #report(spans: number, error: Error | undefined): void {
    this.#lost += spans;
    const now = this.#monotonic();
    if (now - this.#reportedAt < REPORT_EVERY_MS) return;
    this.#log.warn({ spans: this.#lost, error: describeError(error) }, 'traces: the collector did not take spans; they are lost');
    this.#reportedAt = now;
    this.#lost = 0;
  }
}
