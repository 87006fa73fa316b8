import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileJson } from '../../../test/support/hostile-json.js';
import { deliveryFault } from './delivery-faults.js';

/** Every reason of Apple's table, by what it is about. */
const reasons = {
  token_fault: ['BadDeviceToken', 'Unregistered', 'ExpiredToken', 'DeviceTokenNotForTopic'],
  project_fault: [
    ...['BadCertificate', 'BadCertificateEnvironment', 'BadEnvironmentKeyIdInToken', 'BadTopic', 'ExpiredProviderToken', 'Forbidden'],
    ...['InvalidProviderToken', 'MissingProviderToken', 'MissingTopic', 'TopicDisallowed', 'UnrelatedKeyIdInToken'],
  ],
  message_fault: [
    'BadCollapseId',
    'BadExpirationDate',
    'BadMessageId',
    'BadPriority',
    'InvalidPushType',
    'PayloadEmpty',
    'PayloadTooLarge',
    'NewReason',
  ],
  transient: [
    ...['BadPath', 'DuplicateHeaders', 'IdleTimeout', 'InternalServerError', 'MethodNotAllowed', 'MissingDeviceToken'],
    ...['ServiceUnavailable', 'Shutdown', 'TooManyProviderTokenUpdates', 'TooManyRequests'],
  ],
};

const reasonCases = Object.entries(reasons).flatMap(([kind, ofKind]) => ofKind.map((reason) => [reason, kind] as const));

describe('deliveryFault', () => {
  it.each(reasonCases)('reads DeveloperError with the reason %s as %s', (reason, kind) => {
    expect(deliveryFault({ error: 'DeveloperError', apns: { reason, statusCode: 400 } })).toEqual({ kind, code: reason });
  });

  it('looks at the reason under DeveloperError only', () => {
    expect(deliveryFault({ error: 'InvalidCredentials', apns: { reason: 'BadDeviceToken' } })).toEqual({
      kind: 'project_fault',
      code: 'InvalidCredentials',
    });
  });

  it.each([['constructor'], ['toString'], ['hasOwnProperty']])('does not find %s in its tables', (code) => {
    expect(deliveryFault({ error: code })).toEqual({ kind: 'transient', code });
  });

  it('calls a token dead only for the codes that say so', () => {
    const deadCodes = new Set(['DeviceNotRegistered', ...reasons.token_fault]);
    fc.assert(
      fc.property(hostileJson, (details) => {
        const fault = deliveryFault(details);
        expect(fault.code).toMatch(/^[A-Za-z][A-Za-z0-9_]{0,63}$/);
        expect(fault.kind === 'token_fault').toBe(deadCodes.has(fault.code));
      }),
    );
  });
});
