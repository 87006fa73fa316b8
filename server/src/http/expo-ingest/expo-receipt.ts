import type { DeviceFate } from '../../receipts/device-fate.js';

/** Expo's second answer. `details.code`: what this system calls it, where that says more than Expo's word. */
export type ExpoReceipt =
  | { readonly status: 'ok' }
  | { readonly status: 'error'; readonly message: string; readonly details: { readonly error: string; readonly code?: string } };

/** Each `details.error` with its message. Those without Todoku in the name are Expo's own, and mean what Expo says they mean. */
const messages = {
  DeviceNotRegistered: 'The recipient device is not registered any more: do not send to this token again.',
  MessageTooBig: 'The total notification payload was too large: it must be at most 4096 bytes.',
  MessageRateExceeded: 'You are sending messages too frequently to the given device.',
  MismatchSenderId: 'The FCM credentials of the project do not belong to the app that the token came from.',
  InvalidCredentials: 'The push credentials of the project are missing or not valid.',
  DeveloperError: 'The push service refused the notification as it was written.',
  ProviderError: 'Apple or Google refused the notification.',
  ExpoError: 'The notification failed on its way.',
  TodokuSuppressed: 'The notification was not sent: the settings of the user or of its type say so.',
  TodokuExpired: 'The notification was not sent: its time to live was over first.',
  TodokuCancelled: 'The notification was withdrawn before it was sent.',
  TodokuUnknown: 'The notification may have arrived or not: the push service did not answer, and the type says not to send again.',
  TodokuReceiptMissing: 'The push service took the notification and never said what became of it.',
  TodokuDeadLetter: 'The notification was given up after too many attempts; an operator can send it again.',
} as const;

type ReceiptError = keyof typeof messages;

/** Why a notification was not sent, as planning and delivery name it, where the answer is not TodokuSuppressed. */
const withheld: ReadonlyMap<string, ReceiptError> = new Map([
  ['payload_too_big', 'MessageTooBig'],
  ['expired', 'TodokuExpired'],
  ['expires_in_quiet_hours', 'TodokuExpired'],
  ['row_deleted', 'TodokuCancelled'],
  ['broadcast_cancelled', 'TodokuCancelled'],
  ['token_moved', 'TodokuCancelled'],
]);
const deviceGone: ReadonlySet<string> = new Set(['no_token', 'token_inactive', 'token_gone']);

/** Codes of failed deliveries in Expo's words; Expo's own stay as they are, the others are Apple's or Google's. */
const failures: ReadonlyMap<string, ReceiptError> = new Map([
  ['BadDeviceToken', 'DeviceNotRegistered'],
  ['Unregistered', 'DeviceNotRegistered'],
  ['ExpiredToken', 'DeviceNotRegistered'],
  ['DeviceTokenNotForTopic', 'DeviceNotRegistered'],
  ['PayloadTooLarge', 'MessageTooBig'],
  ['VALIDATION_ERROR', 'DeveloperError'],
  ['CIPHERTEXT_INVALID', 'ExpoError'],
  ['UNKNOWN_ERROR', 'ExpoError'],
]);

const endings: ReadonlyMap<string, ReceiptError> = new Map([
  ['expired', 'TodokuExpired'],
  ['unknown', 'TodokuUnknown'],
  ['receipt_missing', 'TodokuReceiptMissing'],
  ['dead_letter', 'TodokuDeadLetter'],
]);

/** null: there is none yet, and the id is left out of the answer. */
export function receiptOf(fate: DeviceFate): ExpoReceipt | null {
  switch (fate.kind) {
    case 'in_flight':
      return null;
    case 'accepted_by_platform':
      return { status: 'ok' };
    case 'suppressed':
      return failed(whyWithheld(fate.reason, fate.deviceActive), fate.reason);
    case 'ended':
      return failed(whyEnded(fate.state, fate.code ?? '', fate.deviceActive), fate.code);
  }
}

function whyEnded(state: string, code: string, deviceActive: boolean): ReceiptError {
  if (state === 'failed') return failures.get(code) ?? (isReceiptError(code) ? code : 'ProviderError');
  return endings.get(state) ?? whyWithheld(code.toLowerCase(), deviceActive);
}

/** A device that is active now has moved to another user or came back: nobody shall throw its token away. */
function whyWithheld(reason: string, deviceActive: boolean): ReceiptError {
  if (deviceGone.has(reason)) return deviceActive ? 'TodokuCancelled' : 'DeviceNotRegistered';
  return withheld.get(reason) ?? 'TodokuSuppressed';
}

function isReceiptError(code: string): code is ReceiptError {
  return Object.hasOwn(messages, code);
}

function failed(error: ReceiptError, code: string | null): ExpoReceipt {
  const more = code === null || code === error ? {} : { code };
  return { status: 'error', message: messages[error], details: { error, ...more } };
}
