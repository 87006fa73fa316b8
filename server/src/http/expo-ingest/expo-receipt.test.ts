import { expect, it } from 'vitest';
import type { DeviceFate } from '../../receipts/device-fate.js';
import { receiptOf } from './expo-receipt.js';

const ended = (state: string, code: string | null = null, deviceActive = true): DeviceFate => ({
  kind: 'ended',
  state,
  code,
  deviceActive,
});
const suppressed = (reason: string, deviceActive = true): DeviceFate => ({ kind: 'suppressed', reason, deviceActive });

it('has none for what is under way', () => {
  expect(receiptOf({ kind: 'in_flight' })).toBeNull();
});

it('is ok for what Apple or Google took', () => {
  expect(receiptOf({ kind: 'accepted_by_platform' })).toEqual({ status: 'ok' });
});

it.each([
  [ended('failed', 'DeviceNotRegistered'), { error: 'DeviceNotRegistered' }],
  [ended('failed', 'BadDeviceToken'), { error: 'DeviceNotRegistered', code: 'BadDeviceToken' }],
  [ended('failed', 'MessageTooBig'), { error: 'MessageTooBig' }],
  [ended('failed', 'PayloadTooLarge'), { error: 'MessageTooBig', code: 'PayloadTooLarge' }],
  [ended('failed', 'MessageRateExceeded'), { error: 'MessageRateExceeded' }],
  [ended('failed', 'MismatchSenderId'), { error: 'MismatchSenderId' }],
  [ended('failed', 'InvalidCredentials'), { error: 'InvalidCredentials' }],
  [ended('failed', 'ExpoError'), { error: 'ExpoError' }],
  [ended('failed', 'DeveloperError'), { error: 'DeveloperError' }],
  [ended('failed', 'VALIDATION_ERROR'), { error: 'DeveloperError', code: 'VALIDATION_ERROR' }],
  [ended('failed', 'CIPHERTEXT_INVALID'), { error: 'ExpoError', code: 'CIPHERTEXT_INVALID' }],
  [ended('failed', 'BadPriority'), { error: 'ProviderError', code: 'BadPriority' }],
  [ended('failed', 'SomethingNew'), { error: 'ProviderError', code: 'SomethingNew' }],
  [ended('failed', 'toString'), { error: 'ProviderError', code: 'toString' }],
  [ended('failed'), { error: 'ProviderError' }],
  [ended('expired', 'EXPIRED'), { error: 'TodokuExpired', code: 'EXPIRED' }],
  [ended('unknown', 'LEASE_EXPIRED'), { error: 'TodokuUnknown', code: 'LEASE_EXPIRED' }],
  [ended('receipt_missing', 'RECEIPT_MISSING'), { error: 'TodokuReceiptMissing', code: 'RECEIPT_MISSING' }],
  [ended('dead_letter', 'MessageRateExceeded'), { error: 'TodokuDeadLetter', code: 'MessageRateExceeded' }],
  [ended('cancelled', 'TOKEN_MOVED'), { error: 'TodokuCancelled', code: 'TOKEN_MOVED' }],
  [ended('cancelled', 'TOKEN_INACTIVE', false), { error: 'DeviceNotRegistered', code: 'TOKEN_INACTIVE' }],
  [ended('cancelled', 'TOKEN_INACTIVE', true), { error: 'TodokuCancelled', code: 'TOKEN_INACTIVE' }],
  [ended('cancelled', 'USER_DISABLED_PUSH'), { error: 'TodokuSuppressed', code: 'USER_DISABLED_PUSH' }],
  [suppressed('user_disabled_type'), { error: 'TodokuSuppressed', code: 'user_disabled_type' }],
  [suppressed('frequency_cap'), { error: 'TodokuSuppressed', code: 'frequency_cap' }],
  [suppressed('duplicate'), { error: 'TodokuSuppressed', code: 'duplicate' }],
  [suppressed('expired'), { error: 'TodokuExpired', code: 'expired' }],
  [suppressed('expires_in_quiet_hours'), { error: 'TodokuExpired', code: 'expires_in_quiet_hours' }],
  [suppressed('payload_too_big'), { error: 'MessageTooBig', code: 'payload_too_big' }],
  [suppressed('row_deleted'), { error: 'TodokuCancelled', code: 'row_deleted' }],
  [suppressed('no_token', false), { error: 'DeviceNotRegistered', code: 'no_token' }],
  [suppressed('no_token', true), { error: 'TodokuCancelled', code: 'no_token' }],
])('says of %j why it did not arrive', (fate, details) => {
  expect(receiptOf(fate)).toEqual({ status: 'error', message: expect.stringMatching(/^[A-Z].*[.]$/), details });
});
