import { Counter, Histogram, type Registry } from 'prom-client';
import type { AttemptFacts, ItemResult, LeasedChunk } from '../queue/queue-engine.js';

/** What delivery tells of its requests. */
export interface DeliveryMetrics {
  /** One request came to its end, or what stood in its place. `items`: what became of each delivery; none where the whole chunk went back. */
  attempted(lease: LeasedChunk, attempt: AttemptFacts, items: readonly ItemResult[]): void;
}

export const noDeliveryMetrics: DeliveryMetrics = { attempted: () => undefined };

const lanes = ['critical', 'default', 'bulk'] as const;

/** Counts of this process alone: summed over processes they are the system's. */
export function deliveryMetrics(registry: Registry): DeliveryMetrics {
  const registers = [registry];
  const seconds = new Histogram({
    name: 'todoku_provider_request_seconds',
    help: 'Duration of requests to providers, by outcome',
    labelNames: ['project', 'outcome'],
    buckets: [0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 1, 2, 5, 10, 30],
    registers,
  });
  const requests = new Counter({
    name: 'todoku_provider_requests_total',
    help: 'Requests to providers, by outcome and HTTP status (none: no answer)',
    labelNames: ['project', 'lane', 'outcome', 'status'],
    registers,
  });
  const recipients = new Counter({
    name: 'todoku_provider_recipients_total',
    help: 'Recipients of requests to providers, by outcome of the request',
    labelNames: ['project', 'lane', 'outcome'],
    registers,
  });
  const results = new Counter({
    name: 'todoku_delivery_results_total',
    help: 'What requests made of deliveries (queued: back to the queue), with the error code',
    labelNames: ['to', 'code'],
    registers,
  });
  return {
    attempted(lease, { outcome, httpStatus, durationMs }, items) {
      const project = lease.projectId;
      const lane = lanes[lease.lane];
      requests.inc({ project, lane, outcome, status: httpStatus ?? 'none' });
      recipients.inc({ project, lane, outcome }, lease.recipients);
      if (outcome !== 'not_sent' && outcome !== 'lease_expired') seconds.observe({ project, outcome }, durationMs / 1000);
      for (const [key, n] of countItems(items)) results.inc(key, n);
    },
  };
}

type ResultLabels = { readonly to: string; readonly code: string };

function countItems(items: readonly ItemResult[]): Map<ResultLabels, number> {
  const counted = new Map<string, { readonly labels: ResultLabels; n: number }>();
  for (const item of items) {
    const code = item.to === 'accepted' ? '' : item.code;
    const key = `${item.to} ${code}`;
    const entry = counted.get(key);
    if (entry === undefined) counted.set(key, { labels: { to: item.to, code }, n: 1 });
    else entry.n++;
  }
  return new Map([...counted.values()].map(({ labels, n }) => [labels, n]));
}
