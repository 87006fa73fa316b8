import { describe, expect, it } from 'vitest';
import { isExpoToken } from './is-expo-token.js';

describe('isExpoToken', () => {
  it.each(['ExponentPushToken[aB3_-xyz]', 'ExpoPushToken[x]', '0123abcd-0123-0123-0123-0123456789ab', `ExpoPushToken[${'x'.repeat(240)}]`])(
    'takes %s',
    (token) => {
      expect(isExpoToken(token)).toBe(true);
    },
  );

  it.each([
    '',
    'ExponentPushToken[]',
    'ExponentPushToken[ ]',
    'ExponentPushToken[a b]',
    'ExponentPushToken[a\n]',
    'ExponentPushToken[a]\n',
    'ExponentPushToken[a\0b]',
    'ExponentPushToken[あ]',
    'ExponentPushToken[a]b]',
    'ExponentPushToken[[a]',
    'ExponentPushToken[a',
    'xExponentPushToken[a]',
    'exponentpushtoken[a]',
    `ExpoPushToken[${'x'.repeat(241)}]`,
    'fcm:APA91bHun4MxP5egoKMwt2KZFBaFUH',
    '740f4707bebcf74f9b7c25d48e3358945f6aa01da5ddb387462c7eaf61bb78ad',
  ])('refuses %j', (token) => {
    expect(isExpoToken(token)).toBe(false);
  });
});
