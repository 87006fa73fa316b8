import { ROOT_CONTEXT, type SpanContext, SpanKind, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type IdGenerator, RandomIdGenerator, SamplingDecision, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Logger } from '../logging/logger.js';
import { ReportedExporter } from './reported-exporter.js';
import { samplerOf } from './sampler.js';
import type { TraceOutput } from './trace-output.js';
import { parsePairs, type TracingConfig } from './tracing-config.js';

/** A collector that takes longer is as good as none. */
const EXPORT_MS = 5_000;
const CLOSE_MS = 3_000;
/** A span is about 1 kB: what more comes while the collector is slow or gone is thrown away. */
const MOST_WAITING = 8_192;
const SEND_EVERY_MS = 2_000;

interface OutputParts {
  readonly log: Logger;
  readonly version: string;
  readonly instance: string;
}

/** Spans to an OTLP collector by HTTP, in batches, in the background. */
export function openOtlpOutput(config: TracingConfig, { log, version, instance }: OutputParts): TraceOutput {
  const ids = new GivenIds();
  const sampler = samplerOf(config);
  const exporter = new OTLPTraceExporter({
    url: config.url,
    headers: config.headers === null ? {} : (parsePairs(config.headers.reveal()) ?? {}),
    timeoutMillis: EXPORT_MS,
  });
  const provider = new TracerProvider({
    sampler,
    idGenerator: ids,
    resource: resourceFromAttributes({
      ...config.resource,
      'service.name': config.serviceName,
      'service.version': version,
      'service.instance.id': instance,
    }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new ReportedExporter(exporter, log),
        maxQueueSize: MOST_WAITING,
        scheduledDelayMillis: SEND_EVERY_MS,
        exportTimeoutMillis: EXPORT_MS,
      }),
    ],
  });
  const tracer = provider.getTracer('todoku', version);
  const below = (parent: SpanContext) => trace.setSpanContext(ROOT_CONTEXT, parent);
  return {
    samples: (traceId, parent) =>
      sampler.shouldSample(parent === null ? ROOT_CONTEXT : below(parent), traceId, '', SpanKind.INTERNAL, {}, []).decision ===
      SamplingDecision.RECORD_AND_SAMPLED,
    child: (parent, name, options) => tracer.startSpan(name, options, below(parent)),
    root: (given, name, options) => ids.use(given, () => tracer.startSpan(name, { ...options, root: true }, ROOT_CONTEXT)),
    close: () => withinTime(provider.shutdown(), CLOSE_MS, log),
  };
}

/** Random ids, but for a root span whose ids are known beforehand. */
class GivenIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #given: SpanContext | null = null;

  use<T>(given: SpanContext, start: () => T): T {
    this.#given = given;
    try {
      return start();
    } finally {
      this.#given = null;
    }
  }

  generateTraceId = (): string => this.#given?.traceId ?? this.#random.generateTraceId();
  generateSpanId = (): string => this.#given?.spanId ?? this.#random.generateSpanId();
}

async function withinTime(work: Promise<void>, ms: number, log: Logger): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  const ended = await Promise.race([work.catch(() => undefined), late]);
  clearTimeout(timer);
  if (ended === 'late') log.warn({ ms }, 'traces: the collector did not take the last spans in time; they are lost');
}
