import { printableIn } from '../../logging/printable.js';
import { capLine, clockOf, deviceLine, freezeLines, statesInShort, stopLine, wordings } from './render-parts.js';
import type { RecentNotification, UserStory } from './story-types.js';
import type { Locale, Wording } from './wording.js';

/** What is known of a user's pushes, for people. */
export function renderUser(told: UserStory, locale: Locale): string {
  const story = printableIn(told);
  const words = wordings[locale];
  const time = clockOf(story.timezone);
  const devices = story.tokens.map((token) => `${deviceLine(token, words, time)}  (${time(token.registeredAt)})`);
  const recent = story.recent.map(
    (one) => `${time(one.createdAt)}  ${one.id}  ${one.type}  ${one.title}\n      ${outcomeOf(one, words, time)}`,
  );
  const section = (title: string, lines: readonly string[]): string[] => [
    '',
    title,
    ...(lines.length === 0 ? [words.none] : lines).map((l) => `  ${l}`),
  ];
  const advice = story.stops.flatMap(({ kind }) => words.advice[kind] ?? []);
  if (story.tokens.every(({ state }) => state !== 'active') && words.advice['no_token'] !== undefined)
    advice.push(words.advice['no_token']);
  if (story.settings?.pushEnabled === false && words.advice['user_disabled_push'] !== undefined)
    advice.push(words.advice['user_disabled_push']);
  advice.push(...freezeLines(story.tokens, words, time));
  return [
    `${words.user} ${story.userId}`,
    `  ${words.clock(story.localTime, story.timezone)}${story.quietUntil === null ? '' : `, ${words.quietNow(time(story.quietUntil))}`}`,
    ...(story.stops.length === 0 ? [] : [`  ${words.stoppedNow(story.stops.map((stop) => stopLine(stop, words, time)))}`]),
    ...section(words.devices, story.tokens.length === 0 ? [words.noDevice] : devices),
    ...section(words.settings, [
      ...settingsLines(story, words),
      ...(story.cap === null ? [] : [words.capOf(capLine(story.cap, words, time))]),
    ]),
    ...section(words.recent, recent),
    ...(advice.length === 0
      ? []
      : section(
          words.whatToDo,
          advice.map((line) => `- ${line}`),
        )),
  ].join('\n');
}

function settingsLines({ settings }: UserStory, words: Wording): string[] {
  if (settings === null) return [words.noSettings];
  const { pushEnabled, quietHours, disabledTypes } = settings;
  return [
    ...(pushEnabled ? [] : [words.pushOff]),
    ...(quietHours === null ? [] : [quietHoursLine(quietHours, words)]),
    ...(disabledTypes.length === 0 ? [] : [words.typesOff(disabledTypes.join(', '))]),
  ];
}

function quietHoursLine({ start, end }: { readonly start: string; readonly end: string }, words: Wording): string {
  return start === end ? words.noQuietHours(start) : words.quietHours(start, end);
}

function outcomeOf(one: RecentNotification, words: Wording, time: (at: Date) => string): string {
  const reason = words.reasons[one.reason ?? ''] ?? one.reason ?? '';
  switch (one.standing) {
    case 'untaken':
      return words.standings.untaken;
    case 'outbox':
      return words.standings.outbox;
    case 'held':
      return words.heldUntil(one.heldUntil === null ? '?' : time(one.heldUntil), reason);
    case 'suppressed':
      return words.suppressed(reason);
    case 'planned':
      return statesInShort(one.states, one.devices, words);
  }
}
