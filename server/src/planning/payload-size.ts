/**
 * How big a notification is on its way: the UTF-8 bytes of title, message, data with our `_deliveryId` in it, and push options, all as compact
 * JSON with their keys, numbers written out.
 *
 * One measure in two languages. The HTTP API and the CLI measure what came in, planning measures the stored row in SQL; both agree on
 * what is too big, so that nothing is accepted at the door and refused later. Not counted: how a type shows by default, which an operator sets
 * later, and what Expo adds for itself.
 */

/** What Apple and Google take. Sources: Expo's "Send notifications" (`MessageTooBig`), APNs "Generating a remote notification", FCM v1. */
export const MAX_PAYLOAD_BYTES = 4096;

/** What stands around the four parts; as long as the longest delivery id makes it. */
export const FRAME_BYTES = '{"title":,"body":,"data":,"_deliveryId":"9223372036854775807",}'.length;

interface Payload {
  readonly title: string;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly push?: Readonly<Record<string, unknown>> | null | undefined;
}

/** `data` and `push` hold JSON values only, and are not deeper than the stack. */
export function payloadBytes({ title, message, data, push }: Payload): number {
  return FRAME_BYTES + stringBytes(title) + stringBytes(message) + jsonBytes(data) + (push ? jsonBytes(push) : 0);
}

function jsonBytes(value: unknown): number {
  if (typeof value === 'string') {
    return stringBytes(value);
  }
  if (typeof value === 'number') {
    return numberBytes(value);
  }
  if (typeof value === 'object' && value !== null) {
    return Array.isArray(value) ? arrayBytes(value) : objectBytes(value);
  }
  return value === false ? 5 : 4;
}

function stringBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}

function arrayBytes(items: readonly unknown[]): number {
  let bytes = 2 + Math.max(0, items.length - 1);
  for (const item of items) {
    bytes += jsonBytes(item);
  }
  return bytes;
}

function objectBytes(object: object): number {
  const entries = Object.entries(object);
  let bytes = 2 + Math.max(0, entries.length - 1);
  for (const [key, value] of entries) {
    bytes += stringBytes(key) + 1 + jsonBytes(value);
  }
  return bytes;
}

const exponentForm = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/;

/** Postgres writes 1e-7 as 0.0000001. */
function numberBytes(number: number): number {
  const text = String(number === 0 ? 0 : number);
  const parts = exponentForm.exec(text);
  if (parts === null) {
    return text.length;
  }
  const sign = parts[1] === '-' ? 1 : 0;
  const decimals = parts[3]?.length ?? 0;
  const exponent = Number(parts[4]);
  return sign + (exponent < 0 ? 2 - exponent + decimals : exponent + 1);
}

/**
 * The same of a stored row, `n` being a row of notifications; up to the limit, and from twice the limit on, not exact, but on the same side of it.
 *
 * Most rows are far from the limit, so a bound is tried first: a byte of text becomes at most six in JSON, and jsonb prints a space after each
 * colon and comma, so that its text is at most half again as long as compact JSON. Only in between is text printed as JSON and are the spaces
 * outside of strings taken out, which costs far more. `offset 0` keeps the planner from printing twice.
 */
export const PAYLOAD_BYTES_SQL = /* sql */ `(
  select case
    when printed.texts * 6 + 4 + printed.objects <= ${MAX_PAYLOAD_BYTES} then printed.texts * 6 + 4 + printed.objects
    when printed.texts + printed.objects > ${MAX_PAYLOAD_BYTES * 2} then printed.texts + printed.objects
    else ${FRAME_BYTES} + octet_length(to_json(n.title)::text) + octet_length(to_json(n.message)::text)
      + octet_length(regexp_replace(n.data::text, '("(?:[^"\\\\]|\\\\.)*")|\\s', '\\1', 'g'))
      + coalesce(octet_length(regexp_replace(n.push::text, '("(?:[^"\\\\]|\\\\.)*")|\\s', '\\1', 'g')), 0)
  end
  from (
    select octet_length(n.title) + octet_length(n.message) as texts,
      ${FRAME_BYTES} + octet_length(n.data::text) + coalesce(octet_length(n.push::text), 0) as objects
    offset 0
  ) printed
)`;
