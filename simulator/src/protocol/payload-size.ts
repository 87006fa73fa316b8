import type { ExpoMessage } from './messages.js';

/** What Apple and Google take (Expo docs): the whole notification in UTF-8 bytes. */
const PAYLOAD_LIMIT_BYTES = 4096;
/** A UTF-16 unit is at most six bytes in JSON (`\u0000`). */
const WORST_BYTES_PER_UNIT = 6;

/**
 * Whether title, subtitle, body and data are too much for a device. Measured exactly only when a cheap bound
 * cannot exclude it: stringifying every message would cost more than parsing the request.
 */
export function isTooBig(message: ExpoMessage): boolean {
  return largestPossibleBytes(message) > PAYLOAD_LIMIT_BYTES && exactBytes(message) > PAYLOAD_LIMIT_BYTES;
}

function largestPossibleBytes(message: ExpoMessage): number {
  let units = (message.title?.length ?? 0) + (message.subtitle?.length ?? 0) + (message.body?.length ?? 0);
  const data = message.data;
  for (const key in data) {
    const value = data[key];
    if (typeof value === 'object' && value !== null) return Number.POSITIVE_INFINITY;
    units += key.length + (typeof value === 'string' ? value.length : 5) + 2;
  }
  return units * WORST_BYTES_PER_UNIT + 64;
}

function exactBytes(message: ExpoMessage): number {
  const { title, subtitle, body, data } = message;
  try {
    return Buffer.byteLength(JSON.stringify({ title, subtitle, body, data }));
  } catch {
    // Nested too deeply to be written again: nothing that deep fits a device either.
    return Number.POSITIVE_INFINITY;
  }
}
