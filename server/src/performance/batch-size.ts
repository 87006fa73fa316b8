import { tuningBounds } from './tuning-values.js';

/** A request that takes longer than this is on its way to its deadline (30 s by default). */
const SLOW_MS = 10_000;
/** Fewer recipients in a request cost more in requests and commits than they save. */
const SMALLEST = 20;
const SMALLEST_WHEN_SLOW = 10;
/** Requests that a worker and its provider can well have at once. */
const PARALLEL = 12;

/**
 * How many deliveries should share a request.
 *
 * A request costs the same round trip, claim and commit whether it has 1 recipient or 100, so full ones are the rule. Two things speak against it:
 *
 * - A short queue on an idle system: shared out over several requests it is through sooner. The busier the system, the less parallel work it
 *   has room for, and the fuller the requests.
 * - Requests near their deadline: one that breaks off makes all its recipients unknown, so from 10 s on they shrink in proportion.
 *
 * @param queueSize deliveries that wait
 * @param averageProcessingTimeMs of one request; 0 when not known
 * @param systemLoad 0 (idle) … 1 (saturated)
 * @returns 10 … 100. Numbers out of range count as the nearest that is in it, and what is no number as unknown: a full request.
 */
export function optimalBatchSize(queueSize: number, averageProcessingTimeMs: number, systemLoad: number): number {
  const { most } = tuningBounds.chunkSize;
  const load = clamp(orElse(systemLoad, 1), 0, 1);
  const shares = Math.max(1, PARALLEL * (1 - load));
  const shared = clamp(Math.ceil(orElse(queueSize, Number.POSITIVE_INFINITY) / shares), SMALLEST, most);
  const slowness = Math.max(1, orElse(averageProcessingTimeMs, 0) / SLOW_MS);
  return clamp(Math.floor(shared / slowness), SMALLEST_WHEN_SLOW, most);
}

const orElse = (value: number, unknown: number): number => (Number.isNaN(value) ? unknown : value);
const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
