import type { Attempt, DecisionStory, DeliveryStory, Device, NotificationStory, RecentNotification, UserStory } from './story-types.js';
import type { Locale, Wording } from './wording.js';
import { english } from './wording-en.js';
import { japanese } from './wording-ja.js';

const wordings: Readonly<Record<Locale, Wording>> = { en: english, ja: japanese };

/** An instant on the clock of a zone: `2026-08-01 07:00:12`. */
function clockOf(timezone: string): (at: Date) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' });
  return (at) => format.format(at);
}

/** What became of a notification, for people. Times are on the user's clock. */
export function renderNotification(story: NotificationStory, locale: Locale): string {
  const words = wordings[locale];
  const time = clockOf(story.timezone);
  const { notification } = story;
  const lines = [`${words.notification} ${story.id}`];
  if (notification === null) {
    lines.push(`  ${words.rowDeleted}`);
  } else {
    lines.push(`  ${notification.title}  (${notification.type})`, `  ${words.forUser(notification.userId)}`);
    lines.push(`  ${words.created(`${time(notification.createdAt)} (${story.timezone})`)}`);
    if (notification.broadcastId !== null) lines.push(`  ${words.ofBroadcast(notification.broadcastId, story.broadcastState ?? '?')}`);
    if (notification.readAt !== null) lines.push(`  ${words.read(time(notification.readAt))}`);
    if (notification.openedAt !== null) lines.push(`  ${words.opened(time(notification.openedAt))}`);
  }
  lines.push('', `${words.inShort}: ${inShort(story, words, time)}`);
  if (story.decisions.length > 0) lines.push('', words.decisions, ...story.decisions.flatMap((decision) => decisionLines(decision, words, time)));
  if (story.deliveries.length > 0) lines.push('', words.deliveries, ...story.deliveries.flatMap((delivery) => deliveryLines(delivery, words, time)));
  const advice = [...stopsInTheWay(story, words), ...adviceFor(story, words)];
  if (advice.length > 0) lines.push('', words.whatToDo, ...advice.map((line) => `  - ${line}`));
  return lines.join('\n');
}

function inShort(story: NotificationStory, words: Wording, time: (at: Date) => string): string {
  if (story.held !== null) return words.heldUntil(time(story.held.until), words.reasons[story.held.reason] ?? story.held.reason);
  switch (story.standing) {
    case 'untaken':
      return words.standings.untaken;
    case 'outbox':
      return words.standings.outbox;
    case 'held':
      return words.standings.nowhere;
    case 'suppressed': {
      const reason = story.decisions.at(-1)?.reason ?? '';
      return words.suppressed(words.reasons[reason] ?? reason);
    }
    case 'planned':
      return statesInShort(countStates(story.deliveries), words);
  }
}

function countStates(deliveries: readonly DeliveryStory[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of deliveries) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

function statesInShort(counts: Readonly<Record<string, number>>, words: Wording): string {
  const all = Object.values(counts).reduce((sum, n) => sum + n, 0);
  return Object.entries(counts)
    .map(([state, n]) => words.onDevices(words.shortStates[state] ?? state, n, all))
    .join(', ');
}

function decisionLines(decision: DecisionStory, words: Wording, time: (at: Date) => string): string[] {
  const { verdict, holdUntil, reason, deliveries, duplicateOf, same, today } = decision;
  const what =
    verdict === 'send'
      ? words.verdicts.send(deliveries)
      : verdict === 'hold'
        ? words.verdicts.hold(holdUntil === null ? '?' : time(holdUntil))
        : words.verdicts.suppress;
  const why = reason === null ? '' : `: ${words.reasons[reason] ?? reason}`;
  const replayed = same === null ? words.replayImpossible : same ? words.replaySame : words.replayDiffers(today ?? '?');
  return [
    `  ${time(decision.at)}  ${what}${why}`,
    ...(duplicateOf === null ? [] : [`      ${words.sameAs(duplicateOf)}`]),
    `      ${replayed}`,
  ];
}

function deliveryLines(delivery: DeliveryStory, words: Wording, time: (at: Date) => string): string[] {
  const { chunk, receiptDueAt, state, code } = delivery;
  const lines = [`  #${delivery.deliveryId}  ${deviceLine(delivery.device, words)}`];
  lines.push(`      ${state}${code === null ? '' : ` [${code}]`}: ${words.states[state] ?? ''}`);
  if (chunk !== null) lines.push(`      ${chunkLine(chunk, words, time)}`);
  if (receiptDueAt !== null) lines.push(`      ${words.receiptDue(time(receiptDueAt))}`);
  const events = [
    ...delivery.attempts.map((attempt) => ({ at: attempt.at, text: attemptLine(attempt, words) })),
    ...delivery.steps.map((step) => ({
      at: step.at,
      text: `→ ${[step.state, step.code, step.ticketId].filter((part) => part !== null).join('  ')}`,
    })),
  ].sort((a, b) => a.at.getTime() - b.at.getTime());
  return [...lines, ...events.map(({ at, text }) => `      ${time(at)}  ${text}`)];
}

function deviceLine(device: Device | null, words: Wording): string {
  if (device === null) return words.deviceGone;
  const { platform, appVersion, deviceId, state, stateReason, isStillHers } = device;
  const named = [platform, appVersion === null ? null : `app ${appVersion}`, deviceId === null ? null : `…${deviceId}`];
  const token = `${words.tokenStates[state] ?? state}${stateReason === null ? '' : ` [${stateReason}]`}`;
  return [...named.filter((part) => part !== null), token, ...(isStillHers ? [] : [words.deviceMoved])].join(', ');
}

function chunkLine({ state, dueAt, leasedBy }: NonNullable<DeliveryStory['chunk']>, words: Wording, time: (at: Date) => string): string {
  if (state === 'sending') return words.chunk.sending(leasedBy ?? '?');
  return state === 'delayed' ? words.chunk.delayed(time(dueAt)) : words.chunk[state];
}

function attemptLine(attempt: Attempt, words: Wording): string {
  const details = [attempt.httpStatus === null ? null : `HTTP ${attempt.httpStatus}`, attempt.code].filter((part) => part !== null).join(' ');
  const outcome = words.requestOutcomes[attempt.outcome] ?? attempt.outcome;
  return `${words.request(attempt.worker, attempt.recipients, attempt.durationMs)}: ${outcome}${details === '' ? '' : ` (${details})`}`;
}

const unfinished: ReadonlySet<string> = new Set(['queued', 'sending']);

function stopsInTheWay(story: NotificationStory, words: Wording): string[] {
  const waits = story.standing === 'outbox' || story.standing === 'held' || story.deliveries.some(({ state }) => unfinished.has(state));
  return waits ? story.stoppedBy.map((stop) => words.stopped[stop] ?? stop) : [];
}

function adviceFor(story: NotificationStory, words: Wording): string[] {
  const last = story.decisions.at(-1);
  const keys = [
    story.standing,
    ...(story.standing === 'suppressed' || story.standing === 'held' ? [last?.reason ?? ''] : []),
    ...story.deliveries.flatMap(({ state, code, chunk }) => [state, code ?? '', chunk?.state ?? '']),
  ];
  return [...new Set(keys.map((key) => words.advice[key]).filter((line) => line !== undefined))];
}

/** What is known of a user's pushes, for people. */
export function renderUser(story: UserStory, locale: Locale): string {
  const words = wordings[locale];
  const time = clockOf(story.timezone);
  const devices = story.tokens.map((token) => `${deviceLine(token, words)}  (${time(token.registeredAt)})`);
  const recent = story.recent.map((one) => `${time(one.createdAt)}  ${one.id}  ${one.type}  ${one.title}\n      ${outcomeOf(one, words, time)}`);
  const section = (title: string, lines: readonly string[]): string[] => ['', title, ...(lines.length === 0 ? [words.none] : lines).map((l) => `  ${l}`)];
  const advice = story.stoppedBy.map((stop) => words.stopped[stop] ?? stop);
  if (story.tokens.every(({ state }) => state !== 'active') && words.advice['no_token'] !== undefined) advice.push(words.advice['no_token']);
  if (story.settings?.pushEnabled === false && words.advice['user_disabled_push'] !== undefined) advice.push(words.advice['user_disabled_push']);
  return [
    `${words.user} ${story.userId}`,
    `  ${words.clock(story.localTime, story.timezone)}${story.quietUntil === null ? '' : `, ${words.quietNow(time(story.quietUntil))}`}`,
    ...section(words.devices, story.tokens.length === 0 ? [words.noDevice] : devices),
    ...section(words.settings, settingsLines(story, words)),
    ...section(words.recent, recent),
    ...(advice.length === 0 ? [] : section(words.whatToDo, advice.map((line) => `- ${line}`))),
  ].join('\n');
}

function settingsLines({ settings }: UserStory, words: Wording): string[] {
  if (settings === null) return [words.noSettings];
  const { pushEnabled, quietHours, disabledTypes } = settings;
  return [
    ...(pushEnabled ? [] : [words.pushOff]),
    ...(quietHours === null ? [] : [words.quietHours(quietHours.start, quietHours.end)]),
    ...(disabledTypes.length === 0 ? [] : [words.typesOff(disabledTypes.join(', '))]),
  ];
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
      return statesInShort(one.states, words);
  }
}
