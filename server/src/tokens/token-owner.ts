import { createHash } from 'node:crypto';

/**
 * The owner of a token that nobody registered but that somebody sends to: a user id made from the token's keyed hash (UUID version 8), so that it
 * is the same whoever meets the token first, and belongs to no user.
 */
export function adoptedOwner(tokenHash: Buffer): string {
  const bytes = createHash('sha256').update('todoku adopted token').update(tokenHash).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
