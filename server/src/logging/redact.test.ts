import { expect, it } from 'vitest';
import { redact } from './redact.js';

const jwt = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg';

it.each([
  ['to ExponentPushToken[xyzSECRETxyz] failed', 'to ExponentPushToken[…] failed'],
  ['"ExpoPushToken[SECRET]","ExpoPushToken[SECRET2]"', '"ExpoPushToken[…]","ExpoPushToken[…]"'],
  ['/x?to=ExponentPushToken%5BSECRET%5D&a=1', '/x?to=ExponentPushToken[…]&a=1'],
  ['cut ExponentPushToken[SECRE', 'cut ExponentPushToken[…]'],
  ['key td_abcdefghij12_SECRETSECRETSECRET!', 'key td_abcdefghij12_…!'],
  ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_…'],
  [`got ${jwt}.`, 'got eyJ….'],
  ['Authorization: Bearer SECRET-SECRET', 'Authorization: Bearer …'],
  ['postgres://todoku:SECRET@db.internal:5432/app', 'postgres://todoku:…@db.internal:5432/app'],
  ['-----BEGIN PRIVATE KEY-----\\nSECRET\\n-----END PRIVATE KEY-----\\n', '-----BEGIN PRIVATE KEY-----…\\n'],
  ['-----BEGIN EC PRIVATE KEY-----\nSECRET', '-----BEGIN EC PRIVATE KEY-----…'],
])('masks %s', (text, masked) => {
  expect(redact(text)).toBe(masked);
});

it.each(['a plain sentence, with td_ and eyJ in it', 'https://exp.host/--/api/v2/push/send', '2026-11-01T00:00:00Z user@example.com'])(
  'leaves %s as it is',
  (text) => {
    expect(redact(text)).toBe(text);
  },
);

it('leaves JSON readable', () => {
  const fields = {
    a: `ExponentPushToken[SECRET] and ${jwt}`,
    b: ['-----BEGIN RSA PRIVATE KEY-----\nSECRET'],
    c: 'postgres://u:SECRET@h/d',
  };
  expect(JSON.parse(redact(JSON.stringify(fields)))).toEqual({
    a: 'ExponentPushToken[…] and eyJ…',
    b: ['-----BEGIN RSA PRIVATE KEY-----…'],
    c: 'postgres://u:…@h/d',
  });
});
