import { InvalidArgumentError } from 'commander';
import { isStorableTime, storableYears } from '../clock/storable-time.js';
import { mostReasonCharacters, reasonIn } from '../security/reason.js';

/** How the text of an argument becomes a value. What is wrong ends the command with exit code 2 before anything was done. */

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const isoWithZone = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

/** `24h`, `30m`, `7d` ago, or a time with its zone. */
export function pastInstant(text: string): Date {
  const ago = /^(\d{1,6})([smhd])$/.exec(text);
  if (ago !== null) return storable(new Date(Date.now() - Number(ago[1]) * (units[ago[2] ?? ''] ?? 0)));
  return instant(text);
}

export function instant(text: string): Date {
  if (!isoWithZone.test(text) || Number.isNaN(Date.parse(text))) {
    throw new InvalidArgumentError(
      'It has to be a time such as 2026-08-01T09:00:00+09:00 (with Z or an offset), or an age such as 30m, 24h or 7d.',
    );
  }
  return storable(new Date(text));
}

function storable(time: Date): Date {
  if (!isStorableTime(time)) throw new InvalidArgumentError(`It has to be a time in the years ${storableYears}.`);
  return time;
}

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,15}$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It has to be a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** `30m`, `2h`, `7d`, in milliseconds; at most `longest`, whose text is for people. */
export function spanArgument(longest: number, text: string): (given: string) => number {
  return (given) => {
    const span = /^(\d{1,6})([smhd])$/.exec(given);
    const ms = Number(span?.[1] ?? 0) * (units[span?.[2] ?? ''] ?? 0);
    if (ms <= 0 || ms > longest) throw new InvalidArgumentError(`It has to be a span such as 30m, 2h or 7d, at most ${text}.`);
    return ms;
  };
}

/** An id that the database counts up. */
export const id = wholeNumber(1, Number.MAX_SAFE_INTEGER);

export function uuidText(text: string): string {
  if (!uuid.test(text)) throw new InvalidArgumentError('It has to be a uuid.');
  return text.toLowerCase();
}

export function onOff(text: string): boolean {
  if (text !== 'on' && text !== 'off') throw new InvalidArgumentError('It has to be on or off.');
  return text === 'on';
}

/** Why an act was done goes into the audit: it has to say something. */
export function reasonText(text: string): string {
  const reason = reasonIn(text);
  if (reason === null) throw new InvalidArgumentError(`It has to say why, in one line of at most ${mostReasonCharacters} characters.`);
  return reason;
}

export function plainText(text: string): string {
  if (text.trim() === '' || text.includes('\0') || !text.isWellFormed()) throw new InvalidArgumentError('It must not be empty.');
  return text;
}

/** `a,b,c`, each of them one of `allowed`. */
export function listOf<Name extends string>(allowed: readonly Name[]): (text: string) => Name[] {
  return (text) => {
    const names = text.split(',').map((name) => name.trim());
    if (!names.every((name): name is Name => (allowed as readonly string[]).includes(name))) {
      throw new InvalidArgumentError(`It has to be one or several of ${allowed.join(', ')}, with commas between.`);
    }
    return names;
  };
}
