import { expect, it } from 'vitest';
import { maskToken } from './mask-token.js';

it.each([
  ['ExponentPushToken[0123456789abcdefghijkl]', 'ExponentPushToken[…ijkl]'],
  ['ExpoPushToken[0123456789abcdefghijkl]', 'ExpoPushToken[…ijkl]'],
  ['ExponentPushToken[short]', 'ExponentPushToken[…]'],
  ['0b6f7a1e-52a8-4b1c-9d0e-1a2b3c4d5e6f', '…5e6f'],
  ['', '…'],
])('shows of %s only %s', (token, masked) => {
  expect(maskToken(token)).toBe(masked);
});
