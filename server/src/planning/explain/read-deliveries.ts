import { plainArray } from '../../database/array-literal.js';
import type { Queryable } from '../../database/database.js';
import { findAttempts, findChunks, findDevices, findReceiptBatches, findSteps } from './story-statements.js';
import type { Attempt, DeliveryStory, Device, Step } from './story-types.js';

interface FoundStep extends Step {
  readonly deliveryId: number;
  readonly tokenId: string;
}

interface FoundChunk {
  readonly id: number;
  readonly dueAt: Date;
  readonly leasedBy: string | null;
  readonly lastCode: string | null;
  readonly splitFrom: number | null;
  readonly projectId: number;
  readonly state: 'ready' | 'delayed' | 'sending' | 'parked';
  readonly deliveryIds: number[];
  readonly tokenIds: string[];
}

export interface FoundDevice extends Omit<Device, 'isStillHers' | 'freeze'> {
  readonly id: string;
  readonly userId: string;
  /** The same for tokens of one device. */
  readonly same: string;
  readonly registeredAt: Date;
  readonly projectId: number;
  readonly frozenAt: Date | null;
  readonly frozenReason: string | null;
}

interface Found {
  readonly steps: readonly FoundStep[];
  readonly chunks: readonly FoundChunk[];
  readonly batches: readonly { dueAt: Date; deliveryIds: number[] }[];
  readonly attempts: readonly Attempt[];
}

/** A step can't be before the decision, but two clocks of the database's own are compared. */
const marginMs = 60_000;

interface PromisedDeliveries {
  readonly at: Date;
  readonly firstDelivery: number | null;
  readonly deliveries: number;
}

interface FoundDeliveries {
  readonly deliveries: DeliveryStory[];
  /** How many devices they go to. */
  readonly devices: number;
  /** Of those that wait. */
  readonly projectIds: number[];
}

/** The deliveries that decisions promised, in the order of their numbers. `userId`: null when the notification's row is gone. */
export async function readDeliveries(
  tx: Queryable,
  decisions: readonly PromisedDeliveries[],
  createdAt: Date,
  userId: string | null,
): Promise<FoundDeliveries> {
  const ids = decisions.flatMap(({ firstDelivery, deliveries }) =>
    firstDelivery === null ? [] : Array.from({ length: deliveries }, (_, i) => firstDelivery + i),
  );
  if (ids.length === 0) return { deliveries: [], devices: 0, projectIds: [] };
  const since = new Date(Math.min(...decisions.map(({ at }) => at.getTime())) - marginMs);
  const steps = await tx.query<FoundStep & object>(findSteps, [plainArray(ids), since]);
  const chunks = await tx.query<FoundChunk & object>(findChunks, [plainArray(ids), createdAt]);
  const batches = await tx.query<{ dueAt: Date; deliveryIds: number[] }>(findReceiptBatches, [plainArray(ids), createdAt]);
  const chunkIds = new Set(
    [...steps.map((step) => step.chunkId), ...chunks.flatMap((chunk) => [chunk.id, chunk.splitFrom])].filter((id) => id !== null),
  );
  const attempts = await tx.query<Attempt & object>(findAttempts, [plainArray([...chunkIds]), since]);
  const found = { steps, chunks, batches, attempts };
  const told = ids.map((id) => tell(id, found));
  const devices = await tx.query<FoundDevice & object>(findDevices, [
    plainArray([...new Set(told.map((delivery) => delivery.tokenId))].filter((id) => id !== '')),
  ]);
  const byId = new Map(devices.map((device) => [device.id, describeDevice(device, userId)]));
  const same = new Map(devices.map((device) => [device.id, device.same]));
  return {
    deliveries: told.map((delivery) => ({ ...delivery, device: byId.get(delivery.tokenId) ?? null })),
    devices: new Set(told.map(({ tokenId, deliveryId }) => same.get(tokenId) ?? (tokenId === '' ? deliveryId : tokenId))).size,
    projectIds: chunks.filter(({ state }) => state !== 'sending').map(({ projectId }) => projectId),
  };
}

/** What may be said of a device to an operator. */
export function describeDevice(found: FoundDevice, userId: string | null): Device {
  const { platform, appVersion, deviceId, state, stateReason, stateAt, projectId, frozenAt, frozenReason } = found;
  const freeze = frozenAt === null ? null : { projectId, at: frozenAt, reason: frozenReason };
  return { platform, appVersion, deviceId, state, stateReason, stateAt, freeze, isStillHers: userId === null || found.userId === userId };
}

/** The chunks, and those that they were split from: what was tried with the whole was tried with each part. */
function withAncestors(
  chunkIds: readonly (number | null | undefined)[],
  attempts: readonly Attempt[],
): ReadonlySet<number | null | undefined> {
  const all = new Set(chunkIds);
  // A set goes on to what is added on the way.
  for (const id of all) for (const { chunkId, splitFrom } of attempts) if (chunkId === id && splitFrom !== null) all.add(splitFrom);
  return all;
}

function tell(deliveryId: number, found: Found): Omit<DeliveryStory, 'device'> {
  const steps = found.steps.filter((step) => step.deliveryId === deliveryId);
  const chunk = found.chunks.find(({ deliveryIds }) => deliveryIds.includes(deliveryId));
  const chunkIds = withAncestors([...steps.map((step) => step.chunkId), chunk?.id, chunk?.splitFrom], found.attempts);
  const last = steps.at(-1);
  return {
    deliveryId,
    tokenId: last?.tokenId ?? chunk?.tokenIds[chunk.deliveryIds.indexOf(deliveryId)] ?? '',
    state: chunk === undefined ? (last?.state ?? 'lost') : chunk.state === 'sending' ? 'sending' : 'queued',
    code: chunk === undefined ? (last?.code ?? null) : chunk.lastCode,
    steps: steps.map(({ at, state, code, ticketId, chunkId }) => ({ at, state, code, ticketId, chunkId })),
    attempts: found.attempts.filter((attempt) => chunkIds.has(attempt.chunkId)),
    chunk:
      chunk === undefined
        ? null
        : { id: chunk.id, state: chunk.state, dueAt: chunk.dueAt, leasedBy: chunk.leasedBy, lastCode: chunk.lastCode },
    receiptDueAt: found.batches.find(({ deliveryIds }) => deliveryIds.includes(deliveryId))?.dueAt ?? null,
  };
}
