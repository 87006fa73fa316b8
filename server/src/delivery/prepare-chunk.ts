import { TodokuError } from '../errors/todoku-error.js';
import { decide } from '../planning/decide.js';
import type { DeliveryContent, LoadedChunk } from '../planning/delivery-content.js';
import type { LocalTime } from '../planning/local-time.js';
import type { Decision, DecisionInput } from '../planning/planning-types.js';
import type { Policy, TypeRules } from '../planning/policy-cache.js';
import type { OutgoingMessage } from '../providers/provider.js';
import type { ItemResult, LeasedChunk, RequeueGroup } from '../queue/queue-engine.js';
import type { Keyring } from '../security/keyring.js';

/** A leased chunk, divided into what goes on the wire and what is already settled. */
export interface PreparedChunk {
  readonly lease: LeasedChunk;
  /** The database's time when the content was loaded. */
  readonly sentAt: Date;
  readonly messages: OutgoingMessage[];
  /** Where each message stands in the chunk. */
  readonly positions: number[];
  readonly tokenIds: string[];
  /** Filled where a delivery does not go on the wire. */
  readonly items: (ItemResult | null)[];
  readonly groups: RequeueGroup[];
  /** Keys that are missing and ciphertexts that are broken: an operator has to know. */
  readonly faults: TodokuError[];
}

interface PrepareParts {
  readonly policy: Policy;
  readonly localTime: LocalTime;
  readonly random: () => number;
}

const KEY_RETRY_MS = 60_000;

/** Settings and type as they stand now, judged by the same rules as in planning; what planning settled for good is not asked again. */
function recheck(content: DeliveryContent, lease: LeasedChunk, now: Date, { policy, localTime, random }: PrepareParts): Decision {
  const input: DecisionInput = {
    notification: {
      id: content.deliveryId,
      type: content.type,
      createdAt: now,
      sendAt: null,
      expiresAt: lease.expiresAt,
      payloadBytes: 0,
      broadcastCancelled: false,
    },
    type: policy.typeRules(content.type),
    settings: content.settings,
    devices: [{ tokenId: content.tokenId, projectId: lease.projectId }],
    history: { duplicateOf: null, capReached: false },
    policy,
    now,
    spread: random(),
  };
  return decide(input, localTime);
}

export function prepareChunk(lease: LeasedChunk, loaded: LoadedChunk, parts: PrepareParts & { readonly keyring: Keyring }): PreparedChunk {
  const prepared: PreparedChunk = {
    lease,
    sentAt: loaded.now,
    messages: [],
    positions: [],
    tokenIds: [],
    items: new Array<ItemResult | null>(lease.recipients).fill(null),
    groups: [],
    faults: [],
  };
  for (const [position, content] of loaded.deliveries.entries()) {
    const settled = loaded.justPlanned ? null : settleBeforeSending(content, lease, loaded.now, parts, prepared);
    if (settled !== null) {
      prepared.items[position] = settled;
      continue;
    }
    const token = decryptToken(content, prepared, parts.keyring);
    if (typeof token !== 'string') {
      prepared.items[position] = token;
      continue;
    }
    prepared.messages.push({
      deliveryId: content.deliveryId,
      token,
      platform: content.platform,
      title: content.title,
      message: content.message,
      dataJson: content.dataJson,
      pushJson: withDefaults(content.pushJson, parts.policy.typeRules(content.type).push),
      collapseKey: content.collapseKey,
      ttlSeconds: Math.max(1, Math.floor((lease.expiresAt.getTime() - loaded.now.getTime()) / 1000)),
    });
    prepared.positions.push(position);
    prepared.tokenIds.push(content.tokenId);
  }
  return prepared;
}

/** What the notification says of how it shows, over what its type says. */
function withDefaults(pushJson: string | null, defaults: TypeRules['push']): string | null {
  if (defaults === null) return pushJson;
  const own = pushJson === null ? {} : (JSON.parse(pushJson) as object);
  return JSON.stringify({ ...defaults, ...own });
}

function settleBeforeSending(
  content: DeliveryContent,
  lease: LeasedChunk,
  now: Date,
  parts: PrepareParts,
  prepared: PreparedChunk,
): ItemResult | null {
  if (content.gone !== null) return { to: 'cancelled', code: content.gone };
  const decision = recheck(content, lease, now, parts);
  if (decision.verdict === 'send') return null;
  if (decision.verdict === 'suppress') {
    const expired = decision.reason === 'expired' || decision.reason === 'expires_in_quiet_hours';
    return { to: expired ? 'expired' : 'cancelled', code: decision.reason.toUpperCase() };
  }
  return requeue(prepared, lease, decision.until.getTime() - now.getTime(), decision.reason.toUpperCase());
}

/** One group for each minute of delay: a chunk held for the night splits into few, not into a hundred. */
function requeue(prepared: PreparedChunk, lease: LeasedChunk, delayMs: number, code: string): ItemResult {
  const rounded = Math.ceil(Math.max(0, delayMs) / 60_000) * 60_000;
  let group = prepared.groups.findIndex((g) => g.delayMs === rounded);
  if (group < 0) {
    group = prepared.groups.length;
    prepared.groups.push({
      delayMs: rounded,
      attempt: lease.attempt,
      crashRecoveries: lease.crashRecoveries,
      projectId: lease.projectId,
    });
  }
  return { to: 'queued', code, group, resent: false };
}

function decryptToken(content: DeliveryContent, prepared: PreparedChunk, keyring: Keyring): string | ItemResult {
  try {
    return keyring.decrypt(content.ciphertext, content.tokenId);
  } catch (error) {
    if (!(error instanceof TodokuError)) throw error;
    prepared.faults.push(error);
    // A missing key is our fault and mends; a broken ciphertext does not. Neither says anything about the device.
    return error.code === 'KEY_UNAVAILABLE'
      ? requeue(prepared, prepared.lease, KEY_RETRY_MS, error.code)
      : { to: 'failed', code: error.code };
  }
}
