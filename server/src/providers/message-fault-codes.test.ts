import { describe, expect, it } from 'vitest';
import { deliveryFault } from './expo/delivery-faults.js';
import { messageFaultCodes } from './message-fault-codes.js';

describe('messageFaultCodes', () => {
  it('are those that blame the message, of Expo, of Apple and of whole requests', () => {
    expect(messageFaultCodes).toEqual(
      expect.arrayContaining(['MessageTooBig', 'DeveloperError', 'PayloadTooLarge', 'BadCollapseId', 'VALIDATION_ERROR', 'API_ERROR']),
    );
    expect(new Set(messageFaultCodes).size).toBe(messageFaultCodes.length);
  });

  it.each([
    { error: 'DeviceNotRegistered' },
    { error: 'InvalidCredentials' },
    { error: 'ProviderError' },
    { error: 'DeveloperError', apns: { reason: 'BadTopic' } },
  ])('leave out %j', (details) => {
    expect(messageFaultCodes).not.toContain(deliveryFault(details).code);
  });
});
