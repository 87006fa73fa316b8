import { printableIn } from '../../logging/printable.js';
import { actText, capLine, clockOf, deviceLine, freezeLines, statesInShort, stopLine, wordings } from './render-parts.js';
import type { Attempt, DecisionStory, DeliveryStory, Device, NotificationStory } from './story-types.js';
import type { Locale, Wording } from './wording.js';

type Clock = (at: Date) => string;

/** What became of a notification, for people. Times are on the user's clock. */
export function renderNotification(told: NotificationStory, locale: Locale): string {
  const story = printableIn(told);
  const words = wordings[locale];
  const time = clockOf(story.timezone);
  const { notification } = story;
  const lines = [`${words.notification} ${story.id}`];
  if (notification === null) {
    lines.push(`  ${words.rowDeleted}`);
  } else {
    lines.push(`  ${notification.title}  (${notification.type})`, `  ${words.forUser(notification.userId)}`);
    lines.push(`  ${words.created(`${time(notification.createdAt)} (${story.timezone})`)}`);
    if (story.broadcast !== null) lines.push(`  ${broadcastLine(story.broadcast, words, time)}`);
    if (notification.readAt !== null) lines.push(`  ${words.read(time(notification.readAt))}`);
    if (notification.openedAt !== null) lines.push(`  ${words.opened(time(notification.openedAt))}`);
  }
  lines.push('', `${words.inShort}: ${inShort(story, words, time)}`);
  if (story.decisions.length > 0)
    lines.push('', words.decisions, ...story.decisions.flatMap((decision) => decisionLines(decision, story, words, time)));
  if (story.deliveries.length > 0)
    lines.push('', words.deliveries, ...story.deliveries.flatMap((delivery) => deliveryLines(delivery, story, words, time)));
  const advice = [...adviceFor(story, words), ...freezeLines(refusedDevices(story), words, time)];
  if (advice.length > 0) lines.push('', words.whatToDo, ...advice.map((line) => `  - ${line}`));
  return lines.join('\n');
}

function broadcastLine({ id, state, cancelled }: NonNullable<NotificationStory['broadcast']>, words: Wording, time: Clock): string {
  return `${words.ofBroadcast(id, state)}${cancelled === null ? '' : actText(cancelled, words, time)}`;
}

function inShort(story: NotificationStory, words: Wording, time: Clock): string {
  const outcome = outcomeOf(story, words, time);
  return waits(story) && story.stops.length > 0
    ? words.stopped(
        outcome,
        story.stops.map((stop) => stopLine(stop, words, time)),
      )
    : outcome;
}

function outcomeOf(story: NotificationStory, words: Wording, time: Clock): string {
  if (story.held !== null) return words.heldUntil(time(story.held.until), words.reasons[story.held.reason] ?? story.held.reason);
  switch (story.standing) {
    case 'untaken':
      return words.standings.untaken;
    case 'outbox':
      return words.standings.outbox;
    case 'held':
      return words.standings.nowhere;
    case 'suppressed': {
      const last = story.decisions.at(-1);
      return words.suppressed(last === undefined ? '' : reasonText(last, story, words, time));
    }
    case 'planned':
      return `${statesInShort(countStates(story.deliveries), story.devices, words)}${whyWithdrawn(story, words, time)}`;
  }
}

/** The reason of a decision with its numbers, or with who did it. */
function reasonText({ reason, cap }: DecisionStory, { broadcast }: NotificationStory, words: Wording, time: Clock): string {
  const said = words.reasons[reason ?? ''] ?? reason ?? '';
  if (cap !== null) return `${said}: ${capLine(cap, words, time)}`;
  return reason === 'broadcast_cancelled' && broadcast?.cancelled ? `${said}${actText(broadcast.cancelled, words, time)}` : said;
}

/** Why deliveries were withdrawn, each reason once. */
function whyWithdrawn(story: NotificationStory, words: Wording, time: Clock): string {
  const whys = story.deliveries.flatMap((delivery) => withdrawal(delivery, story, words, time) ?? []);
  return whys.length === 0 ? '' : `: ${[...new Set(whys)].join('; ')}`;
}

function withdrawal({ state, code }: DeliveryStory, { broadcast }: NotificationStory, words: Wording, time: Clock): string | null {
  if (state !== 'cancelled' || code === null) return null;
  const said = words.withdrawals[code] ?? words.reasons[code.toLowerCase()] ?? code;
  return code === 'BROADCAST_CANCELLED' && broadcast?.cancelled ? `${said}${actText(broadcast.cancelled, words, time)}` : said;
}

function countStates(deliveries: readonly DeliveryStory[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of deliveries) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

function decisionLines(decision: DecisionStory, story: NotificationStory, words: Wording, time: Clock): string[] {
  const { verdict, holdUntil, reason, deliveries, duplicateOf, same, today } = decision;
  const what =
    verdict === 'send'
      ? words.verdicts.send(deliveries)
      : verdict === 'hold'
        ? words.verdicts.hold(holdUntil === null ? '?' : time(holdUntil))
        : words.verdicts.suppress;
  const why = reason === null ? '' : `: ${reasonText(decision, story, words, time)}`;
  const replayed = same === null ? [words.replayImpossible] : same ? [] : [words.replayDiffers(today ?? '?')];
  return [
    `  ${time(decision.at)}  ${what}${why}`,
    ...(duplicateOf === null ? [] : [`      ${words.sameAs(duplicateOf)}`]),
    ...replayed.map((line) => `      ${line}`),
  ];
}

function deliveryLines(delivery: DeliveryStory, story: NotificationStory, words: Wording, time: Clock): string[] {
  const { chunk, receiptDueAt, state, code } = delivery;
  const lines = [`  #${delivery.deliveryId}  ${deviceLine(delivery.device, words, time)}`];
  lines.push(`      ${state}${code === null ? '' : ` [${code}]`}: ${words.states[state] ?? ''}`);
  const why = withdrawal(delivery, story, words, time);
  if (why !== null) lines.push(`      ${why}`);
  // What is stopped does not wait for its turn: the headline says for what.
  if (chunk !== null && (chunk.state !== 'ready' || story.stops.length === 0)) lines.push(`      ${chunkLine(chunk, words, time)}`);
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

function chunkLine({ state, dueAt, leasedBy }: NonNullable<DeliveryStory['chunk']>, words: Wording, time: Clock): string {
  if (state === 'sending') return words.chunk.sending(leasedBy ?? '?');
  return state === 'delayed' ? words.chunk.delayed(time(dueAt)) : words.chunk[state];
}

function attemptLine(attempt: Attempt, words: Wording): string {
  const details = [attempt.httpStatus === null ? null : `HTTP ${attempt.httpStatus}`, attempt.code]
    .filter((part) => part !== null)
    .join(' ');
  const outcome = words.requestOutcomes[attempt.outcome] ?? attempt.outcome;
  return `${words.request(attempt.worker, attempt.recipients, attempt.durationMs)}: ${outcome}${details === '' ? '' : ` (${details})`}`;
}

/** Where a freeze may be why the device still stands as active. */
function refusedDevices({ deliveries }: NotificationStory): Device[] {
  return deliveries.flatMap(({ state, device }) => (state === 'failed' && device !== null ? [device] : []));
}

const unfinished: ReadonlySet<string> = new Set(['queued', 'sending']);

function waits(story: NotificationStory): boolean {
  return story.standing === 'outbox' || story.standing === 'held' || story.deliveries.some(({ state }) => unfinished.has(state));
}

function adviceFor(story: NotificationStory, words: Wording): string[] {
  const last = story.decisions.at(-1);
  const keys = [
    ...(waits(story) ? story.stops.map(({ kind }) => kind) : []),
    story.standing,
    ...(story.standing === 'suppressed' || story.standing === 'held' ? [last?.reason ?? ''] : []),
    ...story.deliveries.flatMap(({ state, code }) => [state, code ?? '']),
  ];
  return [...new Set(keys.map((key) => words.advice[key]).filter((line) => line !== undefined))];
}
