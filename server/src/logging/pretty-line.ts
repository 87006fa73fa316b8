/** One JSON log line as a line for people: `12:03:04.123 INFO  text  key=value`, then the stack of an error. */
export function prettyLine(json: string): string {
  const fields: Record<string, unknown> = JSON.parse(json);
  const { level, time, instance: _, msg, err, ...rest } = fields;
  const clock = typeof time === 'string' ? time.slice(11, 23) : '';
  const label = String(level).toUpperCase().padEnd(5);
  const details = Object.entries(rest).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? printable(value) : JSON.stringify(value)}`,
  );
  return `${[`${clock} ${label} ${printable(String(msg ?? ''))}`, ...details].join('  ')}\n${errorLines(err)}`;
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
