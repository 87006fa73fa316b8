import type { Act, CapStory, Device, Stop } from './story-types.js';
import type { Locale, Wording } from './wording.js';
import { english } from './wording-en.js';
import { japanese } from './wording-ja.js';

export const wordings: Readonly<Record<Locale, Wording>> = { en: english, ja: japanese };

/** The last millisecond that a Date can be, since 1970. */
const lastDay = 8.64e15;

/** An instant on the clock of a zone: `2026-08-01 07:00:12`. What no calendar holds ('infinity' in a table) is shown as it is read. */
export function clockOf(timezone: string): (at: Date) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' });
  return (at) => (Math.abs(Number(at)) <= lastDay ? format.format(at) : String(at));
}

/** `taken by Apple or Google (1 of 2 devices), refused (1 of 2 devices)`. `devices`: how many they go to; null: not known. */
export function statesInShort(counts: Readonly<Record<string, number>>, devices: number | null, words: Wording): string {
  const all = Object.values(counts).reduce((sum, n) => sum + n, 0);
  return Object.entries(counts)
    .map(([state, n]) => words.onDevices(words.shortStates[state] ?? state, n, all, devices))
    .join(', ');
}

type Clock = (at: Date) => string;

export function actText({ by, at, reason }: Act, words: Wording, time: Clock, lasts = false): string {
  return words.act(by, at === null ? null : time(at), reason, lasts);
}

/** `sending is paused by cli:mei since 2026-08-01 09:00:00 (a drill)` */
export function stopLine(stop: Stop, words: Wording, time: Clock): string {
  return `${words.stops[stop.kind](stop.project, stop.until === null ? null : time(stop.until))}${actText(stop, words, time, stop.kind !== 'broadcast_cancelled')}`;
}

/** `at most 30 pushes in 1 hour, 30 so far; the next one passes from 2026-08-01 09:12:00 on` */
export function capLine({ limit, windowSeconds, count, passesFrom }: CapStory, words: Wording, time: Clock): string {
  return words.cap(limit, spanText(windowSeconds, words), count, passesFrom === null ? null : time(passesFrom));
}

function spanText(seconds: number, { span }: Wording): string {
  if (seconds % 86_400 === 0) return span.days(seconds / 86_400);
  if (seconds % 3_600 === 0) return span.hours(seconds / 3_600);
  return seconds % 60 === 0 ? span.minutes(seconds / 60) : span.seconds(seconds);
}

export function deviceLine(device: Device | null, words: Wording, time: (at: Date) => string): string {
  if (device === null) return words.deviceGone;
  const { platform, appVersion, deviceId, state, stateReason, stateAt, isStillHers } = device;
  const named = [platform, appVersion === null ? null : `app ${appVersion}`, deviceId === null ? null : `…${deviceId}`];
  const said = words.tokenStates[state] ?? state;
  const since = state === 'active' ? said : words.since(said, time(stateAt));
  const token = `${since}${stateReason === null ? '' : ` [${words.tokenReasons[stateReason] ?? stateReason}]`}`;
  return [...named.filter((part) => part !== null), token, ...(isStillHers ? [] : [words.deviceMoved])].join(', ');
}

/** What the freezes of these devices' projects mean, each project once. */
export function freezeLines(devices: readonly Device[], words: Wording, time: (at: Date) => string): string[] {
  const frozen = devices.flatMap(({ freeze }) =>
    freeze === null ? [] : [words.frozen(freeze.projectId, time(freeze.at), freeze.reason ?? '?')],
  );
  return frozen.length === 0 ? [] : [...new Set(frozen), ...(words.advice['frozen'] === undefined ? [] : [words.advice['frozen']])];
}
