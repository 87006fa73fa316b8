import { plainArray, textArray } from '../database/array-literal.js';
import type { DeliveryAddress, DeliveryContent } from './delivery-content.js';
import type { DeliveryNumbers } from './delivery-numbers.js';
import type { NewChunk } from './handover.js';
import type { OutboxItem } from './outbox-rows.js';
import type { Decision, DecisionInput, Device, Lane } from './planning-types.js';
import { recordedInputs } from './recorded-inputs.js';
import type { TalliedTypes } from './tallied-types.js';

const VERDICT = { send: 1, hold: 2, suppress: 3 } as const;
const HOUR_MS = 3_600_000;

interface OpenChunk {
  readonly projectId: number;
  readonly hour: string;
  readonly broadcastId: string | null;
  readonly resendUnknown: boolean;
  expiresAt: number;
  /** Milliseconds since 1970, summed over its deliveries. */
  readySum: number;
  readonly deliveryIds: number[];
  readonly notificationIds: string[];
  readonly createdAts: string[];
  readonly tokenIds: string[];
  /** Empty unless the content was taken along. */
  readonly contents: DeliveryContent[];
}

/**
 * A chunk expires as a whole, at the earliest expiry in it, so only deliveries that expire at about the same time share one: within a second,
 * or within a minute when they live for an hour or longer.
 */
function expiryStep(expiresAt: number, createdAt: number): number {
  const step = expiresAt - createdAt < HOUR_MS ? 1000 : 60_000;
  return Math.floor(expiresAt / step) * step;
}

/** Gathers what one planning transaction writes, as the parameters of `recordPlan`. */
export class PlanWriter {
  readonly #lane: Lane;
  readonly #numbers: DeliveryNumbers;
  readonly #chunkSize: (projectId: number) => number;
  readonly #open = new Map<string, OpenChunk>();
  readonly #chunks: OpenChunk[] = [];
  readonly #ledger = new Map<string, { hour: string; broadcastId: string | null; item: string; n: number }>();
  readonly #types: TalliedTypes;
  readonly #tallies = new Map<string, number>();
  readonly #broadcasts = new Set<string>();
  readonly #hours = new Map<number, string>();
  readonly #decisions = {
    id: [] as string[],
    createdAt: [] as string[],
    verdict: [] as number[],
    reason: [] as (string | null)[],
    until: [] as (string | null)[],
    first: [] as (number | null)[],
    deliveries: [] as number[],
    inputs: [] as (string | null)[],
  };
  readonly #held = {
    id: [] as string[],
    createdAt: [] as string[],
    broadcastId: [] as (string | null)[],
    releaseAt: [] as string[],
    reason: [] as string[],
  };
  #deliveries = 0;

  constructor(lane: Lane, numbers: DeliveryNumbers, chunkSize: (projectId: number) => number, types: TalliedTypes) {
    this.#types = types;
    this.#lane = lane;
    this.#numbers = numbers;
    this.#chunkSize = chunkSize;
  }

  get deliveries(): number {
    return this.#deliveries;
  }

  add(item: OutboxItem, input: DecisionInput, decision: Decision, resendUnknown: boolean): void {
    const hour = this.#hourOf(item.createdAt.getTime());
    let first: number | null = null;
    let count = 0;
    if (!item.wasHeld && item.userId !== null) this.#tally(`type:${this.#types.nameOf(item.type)}`);
    if (decision.verdict === 'send') {
      count = decision.devices.length;
      first = this.#numbers.take(count);
      // decide() sends to all devices or to none.
      for (const [i, device] of decision.devices.entries()) {
        this.#queue(item, hour, resendUnknown, decision.expiresAt, first + i, device, item.devices[i]?.address ?? null);
      }
      this.#count(hour, item.broadcastId, 'planned', 1);
      this.#count(hour, item.broadcastId, 'deliveries', count);
      this.#deliveries += count;
    } else if (decision.verdict === 'hold') {
      this.#hold(item, decision.until, decision.reason);
    } else {
      this.#count(hour, item.broadcastId, `suppressed:${decision.reason}`, 1);
    }
    const rows = this.#decisions;
    rows.id.push(item.id);
    rows.createdAt.push(item.createdAtUs);
    rows.verdict.push(VERDICT[decision.verdict]);
    rows.reason.push(decision.verdict === 'send' ? null : decision.reason);
    rows.until.push(decision.verdict === 'hold' ? decision.until.toISOString() : null);
    rows.first.push(first);
    rows.deliveries.push(count);
    rows.inputs.push(recordedInputs(item, input));
  }

  #hourOf(createdAt: number): string {
    const number = Math.floor(createdAt / HOUR_MS);
    let hour = this.#hours.get(number);
    if (hour === undefined) {
      hour = new Date(number * HOUR_MS).toISOString();
      this.#hours.set(number, hour);
    }
    return hour;
  }

  #hold(item: OutboxItem, until: Date, reason: string): void {
    this.#tally(`held:${reason}`);
    this.#held.id.push(item.id);
    this.#held.createdAt.push(item.createdAtUs);
    this.#held.broadcastId.push(item.broadcastId);
    this.#held.releaseAt.push(until.toISOString());
    this.#held.reason.push(reason);
  }

  #queue(
    item: OutboxItem,
    hour: string,
    resendUnknown: boolean,
    expiresAt: Date,
    deliveryId: number,
    { projectId, tokenId }: Device,
    address: DeliveryAddress | null,
  ): void {
    const key = `${projectId}/${hour}/${item.broadcastId}/${resendUnknown}/${expiryStep(expiresAt.getTime(), item.createdAt.getTime())}`;
    let chunk = this.#open.get(key);
    if (chunk === undefined) {
      chunk = {
        projectId,
        hour,
        broadcastId: item.broadcastId,
        resendUnknown,
        expiresAt: Number.POSITIVE_INFINITY,
        readySum: 0,
        deliveryIds: [],
        notificationIds: [],
        createdAts: [],
        tokenIds: [],
        contents: [],
      };
      this.#open.set(key, chunk);
      this.#chunks.push(chunk);
      if (item.broadcastId !== null) this.#broadcasts.add(item.broadcastId);
    }
    chunk.deliveryIds.push(deliveryId);
    chunk.notificationIds.push(item.id);
    chunk.createdAts.push(item.createdAtUs);
    chunk.tokenIds.push(tokenId);
    if (item.message !== null && address !== null) {
      const { title, message, dataJson, pushJson, collapseKey } = item.message;
      // Spelled out: spreading two objects costs 6 µs here, and makes them slow to read.
      chunk.contents.push({
        deliveryId: String(deliveryId),
        tokenId,
        gone: null,
        title,
        message,
        dataJson,
        pushJson,
        collapseKey,
        type: item.type,
        platform: address.platform,
        ciphertext: address.ciphertext,
        settings: item.settings,
      });
    }
    chunk.readySum += item.readyAt.getTime();
    chunk.expiresAt = Math.min(chunk.expiresAt, expiresAt.getTime());
    if (chunk.deliveryIds.length >= this.#chunkSize(projectId)) this.#open.delete(key);
  }

  #count(hour: string, broadcastId: string | null, item: string, n: number): void {
    const key = `${hour}/${broadcastId}/${item}`;
    const entry = this.#ledger.get(key);
    if (entry === undefined) this.#ledger.set(key, { hour, broadcastId, item, n });
    else entry.n += n;
  }

  #tally(item: string): void {
    this.#tallies.set(item, (this.#tallies.get(item) ?? 0) + 1);
  }

  /** The chunks whose content is known, by the rows that `recordPlan` answered. */
  newChunks(rows: readonly (readonly (string | null)[])[]): NewChunk[] {
    const ids = new Map(rows.map(([id, first]) => [first, id]));
    return this.#chunks.flatMap(({ projectId, deliveryIds, contents }) => {
      const id = ids.get(String(deliveryIds[0]));
      return id != null && contents.length === deliveryIds.length ? [{ id, projectId, contents }] : [];
    });
  }

  /** The parameters of `recordPlan`, in its order. */
  parameters(): string[] {
    const { id, createdAt, verdict, reason, until, first, deliveries, inputs } = this.#decisions;
    const chunks = this.#chunks;
    const held = this.#held;
    const ledger = [...this.#ledger.values()];
    const lane = this.#lane;
    return [
      plainArray(id),
      plainArray(createdAt),
      plainArray(verdict),
      plainArray(reason),
      plainArray(until),
      plainArray(first),
      plainArray(deliveries),
      textArray(inputs),
      plainArray([...this.#broadcasts]),
      plainArray(chunks.map((c) => c.projectId)),
      plainArray(chunks.map(() => lane)),
      plainArray(chunks.map((c) => c.hour)),
      plainArray(chunks.map((c) => c.broadcastId)),
      plainArray(chunks.map((c) => new Date(c.expiresAt).toISOString())),
      plainArray(chunks.map((c) => c.resendUnknown)),
      plainArray(chunks.map((c) => c.deliveryIds.length)),
      textArray(chunks.map((c) => plainArray(c.deliveryIds))),
      textArray(chunks.map((c) => plainArray(c.notificationIds))),
      textArray(chunks.map((c) => plainArray(c.createdAts))),
      textArray(chunks.map((c) => plainArray(c.tokenIds))),
      plainArray(held.id),
      plainArray(held.createdAt),
      plainArray(held.id.map(() => lane)),
      plainArray(held.broadcastId),
      plainArray(held.releaseAt),
      plainArray(held.reason),
      plainArray(ledger.map((e) => e.hour)),
      plainArray(ledger.map((e) => e.broadcastId)),
      textArray(ledger.map((e) => e.item)),
      plainArray(ledger.map((e) => e.n)),
      plainArray(chunks.map((c) => Math.round(c.readySum / c.deliveryIds.length))),
      textArray([...this.#tallies.keys()]),
      plainArray([...this.#tallies.values()]),
    ];
  }
}
