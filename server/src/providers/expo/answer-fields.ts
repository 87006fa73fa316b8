/** Reads fields of an answer that nobody vouches for: a field that is absent, inherited or of another type is null. */

type Fields = Readonly<Record<string, unknown>>;

export function asFields(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

/** The own property of a value that may be anything. */
export function field(value: unknown, name: string): unknown {
  const fields = asFields(value);
  return fields !== null && Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** Error codes become column values and metric labels, so only what looks like one passes. */
const codeForm = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

export function codeField(value: unknown, name: string): string | null {
  const code = field(value, name);
  return typeof code === 'string' && codeForm.test(code) ? code : null;
}

/** Ticket and request ids are opaque, but what is stored must be storable: printable, no blanks, at most 255 characters. */
const idForm = /^[\x21-\x7e]{1,255}$/;

export function idField(value: unknown, name: string): string | null {
  const id = field(value, name);
  return typeof id === 'string' && idForm.test(id) ? id : null;
}

/** The parsed JSON, or undefined for a text that is none. */
export function parseAnswer(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
