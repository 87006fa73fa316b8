/** What a ticket says. `ok` is the only one after which a notification counts as accepted. */
export type TicketKind =
  | 'ok'
  | 'malformed'
  | 'DeviceNotRegistered'
  | 'InvalidCredentials'
  | 'MessageRateExceeded'
  | 'MessageTooBig'
  | 'without_details'
  | 'unknown_code';

/**
 * What a receipt says, in the order of the code that is written into a ticket id.
 * Ids of an earlier run stay readable only while this order stands: append, never insert.
 */
export const RECEIPT_KINDS = [
  'ok',
  'DeviceNotRegistered',
  'BadDeviceToken',
  'MessageTooBig',
  'MessageRateExceeded',
  'MismatchSenderId',
  'InvalidCredentials',
  'ProviderError',
  'ExpoError',
  'without_details',
  'unknown_code',
  'never',
] as const;

export type ReceiptKind = (typeof RECEIPT_KINDS)[number];

interface Behaviour {
  readonly ticket: TicketKind;
  readonly receipt: ReceiptKind;
}

/** How a device answers. `*_at_ticket` fails at once; the others get an ok ticket and tell at the receipt. */
export const TOKEN_BEHAVIOURS = {
  live: { ticket: 'ok', receipt: 'ok' },
  malformed: { ticket: 'malformed', receipt: 'ok' },
  dead_at_ticket: { ticket: 'DeviceNotRegistered', receipt: 'ok' },
  invalid_credentials_at_ticket: { ticket: 'InvalidCredentials', receipt: 'ok' },
  rate_exceeded_at_ticket: { ticket: 'MessageRateExceeded', receipt: 'ok' },
  too_big_at_ticket: { ticket: 'MessageTooBig', receipt: 'ok' },
  without_details_at_ticket: { ticket: 'without_details', receipt: 'ok' },
  unknown_code_at_ticket: { ticket: 'unknown_code', receipt: 'ok' },
  dead_at_receipt: { ticket: 'ok', receipt: 'DeviceNotRegistered' },
  apns_bad_token: { ticket: 'ok', receipt: 'BadDeviceToken' },
  too_big: { ticket: 'ok', receipt: 'MessageTooBig' },
  rate_exceeded: { ticket: 'ok', receipt: 'MessageRateExceeded' },
  mismatch_sender_id: { ticket: 'ok', receipt: 'MismatchSenderId' },
  invalid_credentials: { ticket: 'ok', receipt: 'InvalidCredentials' },
  provider_error: { ticket: 'ok', receipt: 'ProviderError' },
  expo_error: { ticket: 'ok', receipt: 'ExpoError' },
  without_details: { ticket: 'ok', receipt: 'without_details' },
  unknown_code: { ticket: 'ok', receipt: 'unknown_code' },
  receipt_never: { ticket: 'ok', receipt: 'never' },
} as const satisfies Record<string, Behaviour>;

export type TokenBehaviour = keyof typeof TOKEN_BEHAVIOURS;
