import { errorKind } from './notification-error.js';

const mark = `"kind":"${errorKind}"`;

/**
 * A JSON line as it is written: as pino made it, but for those of a NotificationError. Their members stand so that `cut -d' ' -f1-3,6-` leaves what
 * two of the same kind have in common: fields 1 to 3 are level, kind and code, field 4 the time, field 5 everything that varies (its spaces are
 * written as \u0020), and from field 6 on the text. JSON allows spaces between members, so it is still one object a line.
 */
export function countableLine(json: string): string {
  if (!json.includes(mark)) return json;
  const { level, kind, code, time, msg, ...rest } = JSON.parse(json) as Record<string, unknown>;
  if (kind !== errorKind) return json;
  const varying = JSON.stringify(rest).slice(1, -1).replaceAll(' ', '\\u0020');
  const member = (name: string, value: unknown): string => `"${name}":${JSON.stringify(value)}`;
  return `{${member('level', level)}, ${member('kind', kind)}, ${member('code', code)}, ${member('time', time)}, ${varying === '' ? '"more":null' : varying}, ${member('msg', msg)}}\n`;
}
