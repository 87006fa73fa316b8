import type { ExpoMessage } from '../protocol/messages.js';
import { endpointOf, type FaultEndpoint, type FaultMatch, type FaultSpec } from './kinds.js';
import { createRandom } from './random.js';

/** What a fault can look at to decide whether a request is meant. */
export interface FaultTarget {
  readonly tokens: readonly string[];
  readonly messages: readonly ExpoMessage[];
  readonly project: string;
}

/** A scripted fault and what became of it. `left` null = for ever. */
export interface FaultStatus {
  readonly id: number;
  readonly fault: FaultSpec;
  readonly left: number | null;
  readonly applied: number;
}

interface Entry {
  readonly id: number;
  readonly fault: FaultSpec;
  skip: number;
  left: number;
  applied: number;
}

/**
 * The script: faults in the order they were added. A request gets the first one that matches it and is not used up
 * (used-up faults stay listed, so that a test can prove that its fault struck).
 */
export class FaultPlan {
  readonly #seed: number;
  #random: () => number;
  #entries: Entry[] = [];
  #nextId = 1;

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = createRandom(seed);
  }

  add(fault: FaultSpec): number {
    const times = fault.times === undefined ? (fault.probability === undefined ? 1 : null) : fault.times;
    const id = this.#nextId++;
    this.#entries.push({ id, fault, skip: fault.after ?? 0, left: times ?? Number.POSITIVE_INFINITY, applied: 0 });
    return id;
  }

  /** Forgets all faults and starts the generator again from its seed. */
  clear(): void {
    this.#entries = [];
    this.#random = createRandom(this.#seed);
  }

  list(): FaultStatus[] {
    return this.#entries.map(({ id, fault, left, applied }) => ({ id, fault, left: Number.isFinite(left) ? left : null, applied }));
  }

  /** The fault for this request, counted as applied. `target` is null for receipts, which no `match` narrows. */
  take(endpoint: FaultEndpoint, target: FaultTarget | null): FaultSpec | undefined {
    for (const entry of this.#entries) {
      if (entry.left <= 0 || endpointOf(entry.fault) !== endpoint) continue;
      if (entry.fault.match && !(target && matches(entry.fault.match, target))) continue;
      if (entry.skip > 0) {
        entry.skip -= 1;
        continue;
      }
      if (entry.fault.probability !== undefined && this.#random() >= entry.fault.probability) continue;
      entry.left -= 1;
      entry.applied += 1;
      return entry.fault;
    }
    return undefined;
  }
}

function matches(match: FaultMatch, target: FaultTarget): boolean {
  const { token, deliveryId, project, titleIncludes } = match;
  if (project !== undefined && target.project !== project) return false;
  if (token !== undefined && !target.tokens.includes(token)) return false;
  if (deliveryId !== undefined && !target.messages.some((message) => message.data?.['_deliveryId'] === deliveryId)) return false;
  return titleIncludes === undefined || target.messages.some((message) => message.title?.includes(titleIncludes));
}
