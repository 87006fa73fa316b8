import { earliestTime } from '../../clock/storable-time.js';
import type { NewNotification } from '../../notifications/new-notification.js';
import { notificationInputSchema } from '../../notifications/notification-input.js';
import { uuidV7 } from '../../notifications/uuid-v7.js';
import { MAX_PAYLOAD_BYTES, payloadBytes } from '../../planning/payload-size.js';
import { type ExpoMessage, pushOptionsOf } from './expo-message.js';

/** The type of a message that names none in `data._type`; a migration makes its row. */
const ownType = 'expo';

/** A message has to live long enough to be planned and sent; Expo's `ttl: 0` means "now or never", and now takes a moment. */
const shortestTtlSeconds = 30;
/** Apple and Google keep nothing for longer: 28 days. */
const longestTtlSeconds = 2_419_200;

/** What is the same for every recipient of a message. */
export type MessageContent = Pick<NewNotification, 'type' | 'title' | 'message' | 'dataJson' | 'pushJson' | 'expiresAt' | 'collapseKey'>;

/** null: over 4,096 bytes as it is sent on. */
export function contentOf(message: ExpoMessage, now: Date): MessageContent | null {
  const { title = '', body = '', data = {} } = message;
  // Expo's default where nothing is said; other ways in have 'high'.
  const push = { ...pushOptionsOf(message), priority: message.priority ?? 'default' };
  if (payloadBytes({ title, message: body, data, push }) > MAX_PAYLOAD_BYTES) return null;
  return {
    type: typeOf(data),
    title,
    message: body,
    dataJson: JSON.stringify(data),
    pushJson: JSON.stringify(push),
    expiresAt: expiryOf(message, now),
    // One key for both platforms: `tag` is Android's word for what `collapseId` is on iOS.
    collapseKey: message.collapseId || message.tag || null,
  };
}

export function notificationTo(
  to: { readonly userId: string; readonly tokenId: string },
  content: MessageContent,
  now: Date,
): NewNotification {
  return { ...content, id: uuidV7(now), idGiven: false, userId: to.userId, tokenId: to.tokenId, sendAt: null };
}

function typeOf(data: Readonly<Record<string, unknown>>): string {
  const named = Object.hasOwn(data, '_type') ? notificationInputSchema.shape.type.safeParse(data['_type']) : null;
  return named?.success === true ? named.data : ownType;
}

/** null: the type's time to live. An `expiration` that is over stays over: its receipt says so. */
function expiryOf({ ttl, expiration }: ExpoMessage, now: Date): Date | null {
  const latest = now.getTime() + longestTtlSeconds * 1000;
  if (ttl !== undefined) return new Date(Math.min(now.getTime() + Math.max(ttl, shortestTtlSeconds) * 1000, latest));
  return expiration === undefined ? null : new Date(Math.min(Math.max(expiration * 1000, earliestTime), latest));
}
