import type { Clock } from '../clock/clock.js';
import type { Database } from '../database/database.js';
import type { Logger } from '../logging/logger.js';
import type { QueueEngine } from '../queue/queue-engine.js';
import { Background } from './background.js';
import { IntakeTraces } from './intake-traces.js';
import { PlanTraces } from './plan-traces.js';
import { ReceiptTraces } from './receipt-traces.js';
import { TraceContexts } from './trace-contexts.js';
import type { TraceOutput } from './trace-output.js';
import { tracedQueue } from './traced-queue.js';
import type { TracingConfig } from './tracing-config.js';

/** What follows notifications on their way. Where it is absent nothing is looked at, kept or sent. */
export interface Tracing {
  readonly intake: IntakeTraces;
  readonly work: WorkTraces;
  /** Sends what is left, for a few seconds at most. Never rejects. */
  close(): Promise<void>;
}

/** A worker's part. */
export interface WorkTraces {
  readonly plan: PlanTraces;
  readonly receipts: ReceiptTraces;
  readonly queue: (engine: QueueEngine) => QueueEngine;
}

interface TracingParts {
  /** Not the hot path's connections. */
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly version: string;
  readonly instance: string;
}

/** null: nobody wants traces. OpenTelemetry's SDK is loaded only when somebody does. */
export async function openTracing(config: TracingConfig | null, parts: TracingParts): Promise<Tracing | null> {
  if (config === null) return null;
  const { openOtlpOutput } = await import('./otlp-output.js');
  const { log, version, instance } = parts;
  return tracingTo(openOtlpOutput(config, { log, version, instance }), parts);
}

/** Spans go to `output`. */
function tracingTo(output: TraceOutput, { database, clock, log }: TracingParts): Tracing {
  const contexts = new TraceContexts(database, output);
  const background = new Background(log);
  const parts = { output, contexts, background, database, clock, log };
  return {
    intake: new IntakeTraces(parts),
    work: { plan: new PlanTraces(parts), receipts: new ReceiptTraces(parts), queue: (engine) => tracedQueue(engine, parts) },
    close: async () => {
      await background.drained();
      await output.close();
    },
  };
}
