import type { OutgoingMessage } from '../../src/providers/provider.js';

/** A message as delivery hands it over; `n` makes delivery id and token its own. */
export function outgoingMessage(n: number, changes: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    deliveryId: String(1000 + n),
    token: `ExponentPushToken[device-${n}]`,
    platform: 'ios',
    title: 'ミルクの時間です',
    message: 'そろそろ3時間です 🍼',
    dataJson: '{"screen": "feeding"}',
    pushJson: null,
    collapseKey: null,
    ttlSeconds: 3600,
    ...changes,
  };
}

export function outgoingMessages(count: number, changes: Partial<OutgoingMessage> = {}): OutgoingMessage[] {
  return Array.from({ length: count }, (_, n) => outgoingMessage(n, changes));
}
