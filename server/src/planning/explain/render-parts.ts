import type { Device } from './story-types.js';
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

/** `taken by Apple or Google (1 of 2 devices), refused (1 of 2 devices)` */
export function statesInShort(counts: Readonly<Record<string, number>>, words: Wording): string {
  const all = Object.values(counts).reduce((sum, n) => sum + n, 0);
  return Object.entries(counts)
    .map(([state, n]) => words.onDevices(words.shortStates[state] ?? state, n, all))
    .join(', ');
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
