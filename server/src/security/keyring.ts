/**
 * The keyring seam. Tokens are encrypted at rest with AES-256-GCM; the ciphertext names its key, and is bound to the row that it stands in,
 * so that a ciphertext copied to another row is refused.
 *
 * Format: 0x01 | key id (4 bytes, big endian) | nonce (12) | ciphertext | tag (16).
 */
export interface Keyring {
  /** The key that encrypts. All keys of the ring decrypt. */
  readonly primaryKeyId: number;
  readonly keyIds: readonly number[];
  /** `row` is the identity of the row that will hold the ciphertext (its id). */
  encrypt(plaintext: string, row: string): Buffer;
  /** Throws KEY_UNAVAILABLE (the key is not in the ring) or CIPHERTEXT_INVALID (changed, cut, or of another row). */
  decrypt(ciphertext: Buffer, row: string): string;
  /** Keyed hash (HMAC-SHA-256) by which a token is found without being known. */
  hash(token: string): Buffer;
}
