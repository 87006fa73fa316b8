import type { Clock } from '../../clock/clock.js';
import { TodokuError } from '../../errors/todoku-error.js';
import type { NewNotification } from '../../notifications/new-notification.js';
import type { NotificationService } from '../../notifications/notification-service.js';
import { isExpoToken } from '../../providers/expo/is-expo-token.js';
import type { AddressedToken } from '../../tokens/adopt-tokens.js';
import type { PushTokenManager } from '../../tokens/push-token-manager.js';
import type { ExpoMessage } from './expo-message.js';
import { contentOf, type MessageContent, notificationTo } from './expo-notification.js';
import { type ExpoTicket, inactiveToken, malformedToken, okTicket, tooBig } from './expo-ticket.js';
import type { Recipient } from './send-request.js';

export interface SendPushParts {
  readonly notificationService: Pick<NotificationService, 'refuseWhenStopped' | 'take'>;
  readonly pushTokenManager: Pick<PushTokenManager, 'findOrAdoptAll'>;
  readonly clock: Clock;
}

/**
 * A ticket for each recipient, in order. A ticket that is ok means a committed notification; all of a request are in one commit. Throws
 * INTAKE_STOPPED and OVERLOADED: nothing was stored.
 */
export async function sendPush(
  recipients: readonly Recipient[],
  { notificationService, pushTokenManager, clock }: SendPushParts,
  traceparent: string | null = null,
): Promise<ExpoTicket[]> {
  await notificationService.refuseWhenStopped();
  const addresses = await addressesOf(recipients, pushTokenManager);
  const now = clock.now();
  const contents = new Map<ExpoMessage, MessageContent | null>();
  const items: NewNotification[] = [];
  const tickets = recipients.map(({ token, message }): ExpoTicket => {
    const address = addresses.get(token);
    if (address === undefined) return malformedToken(token);
    if (address.state !== 'active') return inactiveToken(token);
    const content = contents.get(message) ?? contentOf(message, now);
    contents.set(message, content);
    if (content === null) return tooBig(token);
    const item = notificationTo(address, content, now);
    items.push(item);
    return okTicket(item.id);
  });
  if (items.length > 0) await notificationService.take(items, traceparent);
  return tickets;
}

/** Of every token that is one. */
async function addressesOf(
  recipients: readonly Recipient[],
  pushTokenManager: Pick<PushTokenManager, 'findOrAdoptAll'>,
): Promise<ReadonlyMap<string, AddressedToken>> {
  const tokens = [...new Set(recipients.map(({ token }) => token))].filter(isExpoToken);
  const found = await pushTokenManager.findOrAdoptAll(tokens);
  return new Map(
    tokens.map((token, i) => {
      const address = found[i];
      // The token is good, so it must not be called dead: apps throw such tokens away.
      if (address === undefined || address === null)
        throw new TodokuError('INTERNAL', { message: "There is no project 'default' of the Expo provider." });
      return [token, address];
    }),
  );
}
