import { createHash } from 'node:crypto';
import type { OutgoingMessage } from '../provider.js';

/** APNs takes at most 64 bytes as apns-collapse-id, and it travels as a header: printable ASCII. */
const headerSafe = /^[\x21-\x7e]{1,64}$/;

/**
 * The fields that make a later message replace an earlier one, as members of a JSON object with a comma before each.
 *
 * Expo knows no idempotency key, so a message that is resent because its first answer was lost may show twice. A key that is the same
 * for each try of a delivery makes the device show it once. It is harmless where it isn't needed, so every message has one.
 *
 * - iOS: `collapseId` replaces what is on its way and what is displayed.
 * - Android: `tag` replaces what is displayed. Not `collapseId`: FCM keeps only four distinct collapse keys for an offline device and
 *   drops the rest, so a key for each delivery, or for each conversation, would lose messages.
 * - Platform unknown: `tag` always (iOS ignores it), `collapseId` only when the sender asked for collapsing.
 */
export function collapseFields(message: OutgoingMessage): string {
  const key = JSON.stringify(message.collapseKey === null ? `delivery-${message.deliveryId}` : headerSafeKey(message.collapseKey));
  if (message.platform === 'ios') return `,"collapseId":${key}`;
  if (message.platform === 'android' || message.collapseKey === null) return `,"tag":${key}`;
  return `,"tag":${key},"collapseId":${key}`;
}

/** Keys that a header can't carry are replaced by their digest, so that equal keys stay equal. */
function headerSafeKey(key: string): string {
  return headerSafe.test(key) ? key : createHash('sha256').update(key).digest('base64url');
}
