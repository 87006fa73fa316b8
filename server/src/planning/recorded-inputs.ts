import type { OutboxItem } from './outbox-rows.js';
import type { DecisionInput } from './planning-types.js';

/**
 * What a decision saw, for `explain` and for replaying it; null when there is nothing to say beyond the notification itself and the tokens
 * that its deliveries name: no settings, no history, not urgent. Most notifications: it would double the size of the decision.
 */
export function recordedInputs(item: OutboxItem, input: DecisionInput): string | null {
  const { settings, history } = input;
  if (settings === null && history.duplicateOf === null && !history.capReached && input.devices.length > 0) return null;
  return JSON.stringify({
    settings,
    history,
    devices: input.devices.map((device) => device.tokenId),
    type: input.type,
    defaultTimezone: input.policy.defaultTimezone,
    releaseSpreadSeconds: input.policy.releaseSpreadSeconds,
    broadcastState: item.broadcastState,
    now: input.now.toISOString(),
    spread: input.spread,
    ...(history.capReached ? { cap: { limit: input.policy.capLimit, windowSeconds: input.policy.capWindowSeconds } } : {}),
  });
}
