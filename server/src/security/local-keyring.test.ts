import { createCipheriv, createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LocalKeyring } from './local-keyring.js';

const newKey = () => createSecretKey(randomBytes(32));
const first = { id: 1, secret: newKey() };
const second = { id: 2, secret: newKey() };
const indexKey = newKey();
const keyring = new LocalKeyring({ keys: [first], indexKey });
const token = 'ExponentPushToken[0123456789abcdefghijkl]';
const invalid = expect.objectContaining({ code: 'CIPHERTEXT_INVALID' });

it('gives back what it encrypted, for the same row', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.uuid(), (plaintext, row) => {
      expect(keyring.decrypt(keyring.encrypt(plaintext, row), row)).toBe(plaintext);
    }),
  );
});

it('writes version, key id, nonce, ciphertext and tag, and never a nonce twice', () => {
  const row = randomUUID();
  const ciphertexts = Array.from({ length: 2_000 }, () => keyring.encrypt(token, row));
  expect(ciphertexts[0]).toHaveLength(1 + 4 + 12 + token.length + 16);
  expect(ciphertexts[0]?.subarray(0, 5).toString('hex')).toBe('0100000001');
  expect(new Set(ciphertexts.map((ciphertext) => ciphertext.subarray(5, 17).toString('hex')))).toHaveLength(2_000);
});

it('refuses the ciphertext of another row', () => {
  const ciphertext = keyring.encrypt(token, randomUUID());
  expect(() => keyring.decrypt(ciphertext, randomUUID())).toThrow(invalid);
});

it('refuses a ciphertext with any bit flipped, and any cut one', () => {
  const row = randomUUID();
  const ciphertext = keyring.encrypt(token, row);
  for (let bit = 0; bit < ciphertext.length * 8; bit += 1) {
    const changed = Buffer.from(ciphertext);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    // A flipped key id names a key that is not there; everything else is found by the tag.
    expect(() => keyring.decrypt(changed, row)).toThrow(
      expect.objectContaining({ code: bit >= 8 && bit < 40 ? 'KEY_UNAVAILABLE' : 'CIPHERTEXT_INVALID' }),
    );
  }
  for (let length = 0; length < ciphertext.length; length += 1) {
    expect(() => keyring.decrypt(ciphertext.subarray(0, length), row)).toThrow(invalid);
  }
});

it('refuses a ciphertext made with the same key for another purpose', () => {
  const row = randomUUID();
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', first.secret, nonce, { authTagLength: 16 });
  cipher.setAAD(Buffer.from(row));
  const body = Buffer.concat([cipher.update(token, 'utf8'), cipher.final()]);
  const foreign = Buffer.concat([Buffer.from([1, 0, 0, 0, 1]), nonce, body, cipher.getAuthTag()]);
  expect(() => keyring.decrypt(foreign, row)).toThrow(invalid);
});

it('decrypts with every key of the ring, encrypts with the first, and names a key that it has not', () => {
  const row = randomUUID();
  const old = keyring.encrypt(token, row);
  const rotated = new LocalKeyring({ keys: [second, first], indexKey });
  expect(rotated.primaryKeyId).toBe(2);
  expect(rotated.decrypt(old, row)).toBe(token);
  const fresh = rotated.encrypt(token, row);
  expect(fresh.readUInt32BE(1)).toBe(2);
  expect(() => keyring.decrypt(fresh, row)).toThrow(
    expect.objectContaining({ code: 'KEY_UNAVAILABLE', message: 'Encryption key 2 is not in the keyring.' }),
  );
});

it('hashes with the index key alone, so that rotation does not lose a token', () => {
  const rotated = new LocalKeyring({ keys: [second, first], indexKey });
  expect(rotated.hash(token)).toEqual(keyring.hash(token));
  expect(keyring.hash(token)).toHaveLength(32);
  expect(new LocalKeyring({ keys: [first], indexKey: null }).hash(token)).not.toEqual(keyring.hash(token));
});

it('derives the index key from the lowest key id when it has none of its own', () => {
  const alone = new LocalKeyring({ keys: [first], indexKey: null });
  const rotated = new LocalKeyring({ keys: [second, first], indexKey: null });
  expect(rotated.hash(token)).toEqual(alone.hash(token));
});

it('needs a key', () => {
  expect(() => new LocalKeyring({ keys: [], indexKey })).toThrow(expect.objectContaining({ code: 'KEY_UNAVAILABLE' }));
});
