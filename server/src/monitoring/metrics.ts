import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Clock } from '../clock/clock.js';
import type { Database } from '../database/database.js';
import type { Logger } from '../logging/logger.js';
import { type DeliveryMetrics, deliveryMetrics } from './delivery-metrics.js';
import { addSystemMetrics } from './system-metrics.js';
import { SnapshotReader } from './system-snapshot.js';

export interface Metrics {
  /** For /metrics; further parts of the system add their own to it. */
  readonly registry: Registry;
  readonly delivery: DeliveryMetrics;
}

/** The metrics of one process: its own, and those of the system as the database tells them at a scrape. */
export function createMetrics(parts: { readonly database: Database; readonly clock: Clock; readonly log: Logger }): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  addSystemMetrics(registry, new SnapshotReader(parts.database, parts.clock.monotonic, parts.log));
  return { registry, delivery: deliveryMetrics(registry) };
}
