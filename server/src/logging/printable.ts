/** What moves the cursor, breaks a line, or turns the direction of writing: C0, C1, line and paragraph separators, bidi controls and marks. */
const unseen = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Stored text can hold escape sequences and line breaks: a title must not be able to write on the operator's screen. */
export function printable(text: string): string {
  return text.replace(unseen, '\ufffd');
}

/** The same for a text of several lines. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** The same for every text in a value, however deep: whoever puts the value into words can't forget one. Names of fields too; what is no text stays. */
export function printableIn<T>(value: T): T {
  return clean(value) as T;
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [printable(key), clean(inner)]));
}
