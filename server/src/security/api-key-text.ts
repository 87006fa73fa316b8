import { createHash, randomBytes, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * An API key as its owner sees it: `td_<id: 12>_<secret: 43><checksum: 6>`, letters and digits. The id is public; the secret has 256 bits,
 * so its plain SHA-256 may be stored. The checksum (CRC-32 of all before it) lets scanners and us tell a key from noise without asking anyone.
 */
export interface ApiKeyText {
  readonly id: string;
  readonly secretHash: Buffer;
}

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const idLength = 12;
const secretLength = 43;
const checksumLength = 6;
const form = new RegExp(`^td_([0-9A-Za-z]{${idLength}})_([0-9A-Za-z]{${secretLength}})([0-9A-Za-z]{${checksumLength}})$`);

/** The text is shown once and kept nowhere. */
export function mintApiKey(): ApiKeyText & { readonly text: string } {
  const id = Array.from({ length: idLength }, () => alphabet[randomInt(alphabet.length)]).join('');
  const secret = base62(BigInt(`0x${randomBytes(32).toString('hex')}`), secretLength);
  return { id, secretHash: hash(secret), text: `td_${id}_${secret}${checksum(id, secret)}` };
}

/** null: not one of our keys, whoever made it. */
export function readApiKey(text: string): ApiKeyText | null {
  const [, id, secret, sum] = form.exec(text) ?? [];
  if (id === undefined || secret === undefined || sum !== checksum(id, secret)) return null;
  return { id, secretHash: hash(secret) };
}

function checksum(id: string, secret: string): string {
  return base62(BigInt(crc32(`td_${id}_${secret}`)), checksumLength);
}

function hash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function base62(value: bigint, length: number): string {
  let rest = value;
  let text = '';
  for (let i = 0; i < length; i += 1) {
    text = `${alphabet[Number(rest % 62n)]}${text}`;
    rest /= 62n;
  }
  return text;
}
