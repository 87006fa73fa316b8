import type { Span, SpanContext, SpanOptions } from '@opentelemetry/api';

/** Where spans go. The seam behind which OpenTelemetry's SDK is loaded, when somebody wants traces. */
export interface TraceOutput {
  /** The sampler's word on a trace: of its parent's where there is one, else of its id alone, so that every process says the same. */
  samples(traceId: string, parent: SpanContext | null): boolean;
  /** A span below another, wherever that one was made. */
  child(parent: SpanContext, name: string, options: SpanOptions): Span;
  /** The first span of a trace, with these very ids. */
  root(ids: SpanContext, name: string, options: SpanOptions): Span;
  /** Sends what is left, for at most a few seconds. Never rejects. */
  close(): Promise<void>;
}
