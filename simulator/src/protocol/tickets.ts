import type { TicketKind } from '../tokens/behaviours.js';

/** Ticket of a notification that was taken. */
export function okTicket(id: string): string {
  return `{"status":"ok","id":"${id}"}`;
}

/** Ticket of a notification that was refused. `id` only for services that give ids to errors too (seen live). */
export function errorTicket(kind: Exclude<TicketKind, 'ok'>, token: string, id: string | null): string {
  const [message, details] = TEXTS[kind](token);
  const withId = id === null ? '' : `"id":"${id}",`;
  const withDetails = details === null ? '' : `,"details":${JSON.stringify(details)}`;
  return `{"status":"error",${withId}"message":${JSON.stringify(message)}${withDetails}}`;
}

type Text = (token: string) => [message: string, details: object | null];

const MISSING_FCM_KEY =
  "Unable to retrieve the FCM server key for the recipient's app. Make sure you have provided a server key as directed by the Expo FCM documentation.";

/** The first three are recorded from the live service; the others follow their shape. */
const TEXTS: Record<Exclude<TicketKind, 'ok'>, Text> = {
  DeviceNotRegistered: (token) => [
    `"${token}" is not a registered push notification recipient or it is associated with a project that does not exist.`,
    { error: 'DeviceNotRegistered', expoPushToken: token },
  ],
  malformed: (token) => [`"${token}" is not a valid Expo push token`, { error: 'DeviceNotRegistered', expoPushToken: token }],
  InvalidCredentials: () => [MISSING_FCM_KEY, { error: 'InvalidCredentials', fault: 'developer' }],
  MessageRateExceeded: (token) => [
    'You are sending messages too frequently to the given device.',
    { error: 'MessageRateExceeded', expoPushToken: token },
  ],
  MessageTooBig: (token) => [
    'The total notification payload was too large: it must be at most 4096 bytes.',
    { error: 'MessageTooBig', expoPushToken: token },
  ],
  without_details: () => ['The notification could not be sent.', null],
  unknown_code: (token) => ['Something new went wrong.', { error: 'SomethingNew', expoPushToken: token }],
};
