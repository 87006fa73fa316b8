import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, type KeyObject, randomFillSync } from 'node:crypto';
import { TodokuError } from '../errors/todoku-error.js';
import type { KeySet } from './key-text.js';
import type { Keyring } from './keyring.js';

const algorithm = 'aes-256-gcm';
const version = 1;
const nonceLength = 12;
const tagLength = 16;
/** Node takes tags of 4 bytes when this is not given. */
const gcm = { authTagLength: tagLength };
const headerLength = 1 + 4;
const shortest = headerLength + nonceLength + tagLength;
/** What the keys are for; part of the associated data, so that a ciphertext made for something else is refused. */
const purpose = 'push-token';
const longestRow = 64;

interface RingKey {
  readonly secret: KeyObject;
  /** version | key id, as every ciphertext of this key starts. */
  readonly header: Buffer;
  /**
   * Associated data: each field after its length, so that no two sets of fields look alike. The row is written in for each call: node reads
   * the buffer before setAAD returns, so one buffer serves all.
   */
  readonly associated: Buffer;
}

/** Keys held in this process. Measured on one core: 170,000 decryptions, 190,000 encryptions, 350,000 hashes a second. */
export class LocalKeyring implements Keyring {
  readonly primaryKeyId: number;
  readonly keyIds: readonly number[];
  readonly #keys = new Map<number, RingKey>();
  readonly #indexKey: KeyObject;
  /** Random bytes for nonces, drawn ahead: one draw for each nonce costs a fifth of an encryption. */
  readonly #nonces = Buffer.alloc(nonceLength * 512);
  #nonceOffset = this.#nonces.length;

  constructor(set: KeySet) {
    const [primary] = set.keys;
    if (primary === undefined) throw new TodokuError('KEY_UNAVAILABLE', { message: 'The keyring is empty.' });
    this.primaryKeyId = primary.id;
    this.keyIds = set.keys.map((key) => key.id);
    for (const key of set.keys) this.#keys.set(key.id, ringKey(key.id, key.secret));
    this.#indexKey = set.indexKey ?? derivedIndexKey(set);
  }

  encrypt(plaintext: string, row: string): Buffer {
    return this.encryptWith(this.primaryKeyId, plaintext, row);
  }

  /** For canaries and rotation; everything else encrypts with the primary. */
  encryptWith(keyId: number, plaintext: string, row: string): Buffer {
    const key = this.#key(keyId);
    const nonce = this.#nonce();
    const cipher = createCipheriv(algorithm, key.secret, nonce, gcm);
    cipher.setAAD(associatedData(key, row));
    const body = cipher.update(plaintext, 'utf8');
    cipher.final();
    return Buffer.concat([key.header, nonce, body, cipher.getAuthTag()]);
  }

  decrypt(ciphertext: Buffer, row: string): string {
    if (ciphertext.length < shortest || ciphertext[0] !== version) throw invalid();
    const key = this.#key(ciphertext.readUInt32BE(1));
    const tagAt = ciphertext.length - tagLength;
    const bodyAt = headerLength + nonceLength;
    try {
      const decipher = createDecipheriv(algorithm, key.secret, ciphertext.subarray(headerLength, bodyAt), gcm);
      decipher.setAAD(associatedData(key, row));
      decipher.setAuthTag(ciphertext.subarray(tagAt));
      // Into a buffer and then to text: asking the decipher for text costs a fifth more.
      const body = decipher.update(ciphertext.subarray(bodyAt, tagAt));
      decipher.final();
      return body.toString('utf8');
    } catch (cause) {
      throw invalid(cause);
    }
  }

  hash(token: string): Buffer {
    return createHmac('sha256', this.#indexKey).update(token).digest();
  }

  #key(id: number): RingKey {
    const key = this.#keys.get(id);
    if (key === undefined) {
      throw new TodokuError('KEY_UNAVAILABLE', { message: `Encryption key ${id} is not in the keyring.` });
    }
    return key;
  }

  #nonce(): Buffer {
    if (this.#nonceOffset === this.#nonces.length) {
      randomFillSync(this.#nonces);
      this.#nonceOffset = 0;
    }
    this.#nonceOffset += nonceLength;
    return this.#nonces.subarray(this.#nonceOffset - nonceLength, this.#nonceOffset);
  }
}

function ringKey(id: number, secret: KeyObject): RingKey {
  const header = Buffer.alloc(headerLength);
  header.writeUInt8(version);
  header.writeUInt32BE(id, 1);
  const associated = Buffer.alloc(1 + purpose.length + 1 + headerLength + 1 + longestRow);
  associated.writeUInt8(purpose.length);
  associated.write(purpose, 1, 'latin1');
  associated.writeUInt8(headerLength, 1 + purpose.length);
  header.copy(associated, 1 + purpose.length + 1);
  return { secret, header, associated };
}

const rowAt = 1 + purpose.length + 1 + headerLength;

function associatedData(key: RingKey, row: string): Buffer {
  const length = Buffer.byteLength(row, 'utf8');
  if (length > longestRow) throw new RangeError(`A row's identity has at most ${longestRow} bytes.`);
  key.associated[rowAt] = length;
  key.associated.write(row, rowAt + 1, 'utf8');
  return key.associated.subarray(0, rowAt + 1 + length);
}

function derivedIndexKey(set: KeySet): KeyObject {
  const lowest = set.keys.reduce((low, key) => (key.id < low.id ? key : low));
  return createSecretKey(Buffer.from(hkdfSync('sha256', lowest.secret, Buffer.alloc(0), 'todoku blind index', 32)));
}

function invalid(cause?: unknown): TodokuError {
  return new TodokuError('CIPHERTEXT_INVALID', cause === undefined ? {} : { cause });
}
