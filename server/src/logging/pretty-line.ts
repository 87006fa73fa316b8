import { errorKind } from './notification-error.js';

/**
 * One JSON log line as a line for people: `INFO  12:03:04.123 text  key=value`, then the stack of an error. A NotificationError is
 * `ERROR NotificationError CODE 12:03:04.123 key=value,key=value text`: counted as the JSON line is.
 */
export function prettyLine(json: string): string {
  const fields: Record<string, unknown> = JSON.parse(json);
  const { level, time, instance: _, msg, err, ...rest } = fields;
  const clock = typeof time === 'string' ? time.slice(11, 23) : '';
  const label = String(level).toUpperCase();
  const text = printable(String(msg ?? ''));
  if (rest.kind === errorKind) return countable(`${label} ${errorKind}`, clock, text, err, rest);
  const details = Object.entries(rest).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? printable(value) : JSON.stringify(value)}`,
  );
  return `${[`${label.padEnd(5)} ${clock} ${text}`, ...details].join('  ')}\n${errorLines(err)}`;
}

/** What the error was goes below: with it the line would be different each time. */
function countable(head: string, clock: string, text: string, err: unknown, fields: Record<string, unknown>): string {
  const { kind: _, code, error, ...rest } = fields;
  const pairs = Object.entries(rest).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? printable(value) : JSON.stringify(value)}`,
  );
  const varying = pairs.join(',').replaceAll(' ', '_') || '-';
  return `${head} ${String(code)} ${clock} ${varying} ${text}\n${errorLines(err ?? error)}`;
}

function errorLines(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const stack: unknown = Reflect.get(error, 'stack') ?? Reflect.get(error, 'message');
  const lines = String(stack)
    .split('\n')
    .map((line) => `    ${printable(line)}\n`);
  return lines.join('') + errorLines(Reflect.get(error, 'cause'));
}

/** What came from outside must not steer the terminal, nor look like a line of its own. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) =>
    character === '\n' ? '\\n' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
