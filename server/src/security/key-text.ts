import { createSecretKey, type KeyObject } from 'node:crypto';

/**
 * The text in which keys are written, in TODOKU_ENCRYPTION_KEYS and in the key file:
 *
 *     <id>:<base64 of 32 bytes>, <id>:<…>, index:<base64 of 32 bytes>
 *
 * separated by commas or line ends; `#` starts a comment line. The first numbered key is the primary: it encrypts; all decrypt. `index` is the
 * key of the blind index (the keyed hash that finds a token). It has to stay the same for as long as tokens are stored, whatever keys come
 * and go; without an entry it is derived from the key with the lowest id, and then that key has to stay.
 */
interface EncryptionKey {
  /** 1 … 2,147,483,647; 0 stands for the index key in push.encryption_keys. */
  readonly id: number;
  /** A key object rather than bytes, because it doesn't print. */
  readonly secret: KeyObject;
}

export interface KeySet {
  /** At least one; the first is the primary. */
  readonly keys: readonly EncryptionKey[];
  readonly indexKey: KeyObject | null;
}

export type ParsedKeys = { readonly ok: true; readonly keys: KeySet } | { readonly ok: false; readonly problem: string };

const keyBytes = 32;
const highestId = 2_147_483_647;

/** Problems name the entry by its position and never repeat what stands in it. */
export function parseKeys(text: string): ParsedKeys {
  const entries = text
    .split(/[,\n]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '' && !entry.startsWith('#'));
  const keys: EncryptionKey[] = [];
  let indexKey: KeyObject | null = null;
  for (const [position, entry] of entries.entries()) {
    const problem = (what: string): ParsedKeys => ({ ok: false, problem: `entry ${position + 1} ${what}` });
    const colon = entry.indexOf(':');
    if (colon < 0) return problem('is not of the form "id:base64"');
    const name = entry.slice(0, colon);
    const secret = decodeKey(entry.slice(colon + 1));
    if (secret === null) return problem(`is not the base64 of ${keyBytes} bytes (make one with: openssl rand -base64 ${keyBytes})`);
    if (name === 'index') {
      if (indexKey !== null) return problem('is a second index key');
      indexKey = secret;
      continue;
    }
    const id = /^[1-9]\d{0,9}$/.test(name) ? Number(name) : 0;
    if (id < 1 || id > highestId) return problem(`has an id that is neither "index" nor a whole number from 1 to ${highestId}`);
    if (keys.some((key) => key.id === id)) return problem(`repeats the id ${id}`);
    keys.push({ id, secret });
  }
  if (keys.length === 0) return { ok: false, problem: 'there is no numbered key in it' };
  return { ok: true, keys: { keys, indexKey } };
}

/** The text of a key file. */
export function printKeys({ keys, indexKey }: KeySet): string {
  const lines = keys.map((key) => `${key.id}:${base64(key.secret)}`);
  if (indexKey !== null) lines.push(`index:${base64(indexKey)}`);
  return `${lines.join('\n')}\n`;
}

function base64(secret: KeyObject): string {
  return secret.export().toString('base64');
}

function decodeKey(text: string): KeyObject | null {
  const bytes = Buffer.from(text.trim(), 'base64');
  // Node skips what is not base64: only what prints back to itself was all base64.
  const unpadded = (printed: string): string => printed.replace(/=+$/, '');
  const whole = bytes.length === keyBytes && unpadded(bytes.toString('base64')) === unpadded(text.trim());
  return whole ? createSecretKey(bytes) : null;
}
