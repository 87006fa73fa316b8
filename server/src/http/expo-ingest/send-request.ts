import { type ExpoMessage, readExpoMessage } from './expo-message.js';
import { type ExpoRefusal, isRefusal, tooMany, validationError } from './expo-refusals.js';

/** Recipients of one request, counted over the whole body. */
const mostRecipients = 100;

/** One message to one token. */
export interface Recipient {
  readonly token: string;
  readonly message: ExpoMessage;
}

export interface SendRequest {
  /** In the order of the body: the order of the tickets. */
  readonly recipients: readonly Recipient[];
  /** The body was one message with one recipient: the answer's `data` is one ticket and not an array. */
  readonly single: boolean;
}

/** Reads a body as Expo does: one wrong message refuses them all. */
export function readSendRequest(body: unknown): SendRequest | ExpoRefusal {
  const isArray = Array.isArray(body);
  const values: readonly unknown[] = isArray ? body : [body];
  if (values.length === 0) return validationError('"value" must contain at least 1 items.');
  const recipients: Recipient[] = [];
  for (const [index, value] of values.entries()) {
    const message = readExpoMessage(value, isArray ? `[${index}]` : '');
    if (isRefusal(message)) return message;
    for (const token of [message.to].flat()) recipients.push({ token, message });
  }
  if (recipients.length > mostRecipients) return tooMany('PUSH_TOO_MANY_NOTIFICATIONS', mostRecipients, recipients.length);
  return { recipients, single: !isArray && !Array.isArray(recipients[0]?.message.to ?? []) };
}
