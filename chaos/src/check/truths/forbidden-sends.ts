import type { DatabaseFacts, NotificationRow } from '../database/facts.js';
import { inSpan } from '../database/local-minutes.js';
import type { Hit } from '../hits.js';
import { ends, stateName } from '../states.js';
import { type Act, type SettingsAct, type Stretch, type SwitchAct, surelyOn, type Timeline, type WrongClock, within } from '../timeline.js';
import type { Judgement } from '../verdict.js';
import type { Ownership } from './devices.js';
import { typeOf } from './limits.js';

export interface SendEvidence {
  readonly database: DatabaseFacts;
  readonly hits: readonly Hit[];
  readonly timeline: Timeline;
  readonly ownership: Ownership;
  /** Notification of each delivery. */
  readonly notificationOf: ReadonlyMap<string, NotificationRow>;
  /** From an instant of the database's clock to monotonic ms. */
  readonly mono: (databaseMs: number) => number;
  /** One request's deadline and what the way to the provider may take besides, ms. */
  readonly deadlineMs: number;
  /** After a frozen process goes on, what it had in hand reaches the provider late, and nothing can hold that up: such hits are not judged. */
  readonly thawed: readonly Stretch[];
  readonly clockWrong: readonly WrongClock[];
}

/** Truth 2 (and the device's half of 7): nothing is sent that must not be sent any more, or not yet. */
export function judgeForbiddenSends(judgement: Judgement, isolation: Judgement, evidence: SendEvidence): void {
  const off = switchedOff(evidence.timeline.switches);
  const [cancelled, paused] = [cancelledBroadcasts(evidence), pausedBroadcasts(evidence)];
  const settingsOf = settingsByUser(evidence.timeline.settings);
  const changedTypes = new Set(evidence.timeline.types.map(({ type }) => type));
  for (const hit of evidence.hits) {
    if (within(hit.tMono, evidence.thawed)) continue;
    judgement.examined();
    const notification = evidence.notificationOf.get(hit.deliveryId ?? '');
    const earlier = { from: hit.tMono - evidence.deadlineMs, to: hit.tMono };
    for (const { name, stretches } of off) {
      if (holdsThroughout(stretches, earlier)) judgement.found(`sent_during_${name}`, describe(hit));
    }
    if (notification === undefined) continue;
    judgeOwner(judgement, isolation, evidence, { hit, notification, earlier });
    if (notification.broadcastId !== null && holdsThroughout(cancelled.get(notification.broadcastId) ?? [], earlier)) {
      judgement.found('sent_after_cancel', `${describe(hit)} of broadcast ${notification.broadcastId}`);
    }
    if (notification.broadcastId !== null && holdsThroughout(paused.get(notification.broadcastId) ?? [], earlier)) {
      judgement.found('sent_while_broadcast_paused', `${describe(hit)} of broadcast ${notification.broadcastId}`);
    }
    judgeWishes(judgement, evidence, { hit, notification, earlier }, settingsOf.get(notification.userId) ?? []);
    if (!changedTypes.has(notification.type)) judgeExpiry(judgement, evidence, hit, notification);
    judgeEnd(judgement, evidence, hit);
  }
}

const describe = (hit: Hit): string => `delivery ${hit.deliveryId ?? '?'} at ${new Date(hit.tWall).toISOString()}`;

/** Something that held during the whole time in which the request may have been claimed and sent. */
const holdsThroughout = (stretches: readonly Stretch[], { from, to }: Stretch): boolean =>
  stretches.some((stretch) => stretch.from <= from && stretch.to > to);

function switchedOff(acts: readonly SwitchAct[]): { name: string; stretches: Stretch[] }[] {
  const names = new Set(acts.map(({ name }) => name));
  return [...names].map((name) => ({
    name,
    stretches: surelyOn(
      acts.filter((act) => act.name === name),
      ({ stops }) => stops,
    ),
  }));
}

/** A cancellation is for good. */
function cancelledBroadcasts({ timeline }: SendEvidence): Map<string, Stretch[]> {
  const stretches = new Map<string, Stretch[]>();
  for (const { kind, broadcastId, answered, to } of timeline.broadcasts) {
    if (kind !== 'cancel' || answered !== 'done' || broadcastId === null) continue;
    stretches.set(broadcastId, [{ from: to, to: Number.POSITIVE_INFINITY }]);
  }
  return stretches;
}

function pausedBroadcasts({ timeline }: SendEvidence): Map<string, Stretch[]> {
  const ids = new Set(timeline.broadcasts.flatMap(({ broadcastId }) => (broadcastId === null ? [] : [broadcastId])));
  return new Map(
    [...ids].map((id) => [
      id,
      surelyOn(
        timeline.broadcasts.filter(({ broadcastId, kind }) => broadcastId === id && kind !== 'start'),
        ({ kind }) => kind === 'pause',
      ),
    ]),
  );
}

interface Case {
  readonly hit: Hit;
  readonly notification: NotificationRow;
  readonly earlier: Stretch;
}

function judgeOwner(judgement: Judgement, isolation: Judgement, { ownership }: SendEvidence, { hit, notification, earlier }: Case): void {
  isolation.examined();
  if (holdsThroughout(ownership.notOf(hit.token, notification.userId), earlier)) {
    const what = `${describe(hit)} of user ${notification.userId}`;
    judgement.found('sent_to_former_owner', what);
    isolation.found('former_owner_reached', what);
  }
  if (holdsThroughout(ownership.signedOut(hit.token), earlier)) isolation.found('sent_to_signed_out_device', describe(hit));
}

/** What she surely did not want throughout. */
function judgeWishes(judgement: Judgement, { database }: SendEvidence, one: Case, acts: readonly SettingsAct[]): void {
  const { hit, notification, earlier } = one;
  const settings = settledBefore(acts, earlier.from, earlier.to);
  if (settings?.pushEnabled === false) judgement.found('sent_though_pushes_off', describe(hit));
  if (settings?.disabledTypes?.includes(notification.type) === true && !typeOf(database, notification.type).urgent) {
    judgement.found('sent_though_type_off', `${describe(hit)}, ${notification.type}`);
  }
}

function judgeExpiry(judgement: Judgement, { database, mono, deadlineMs }: SendEvidence, hit: Hit, notification: NotificationRow): void {
  const { createdAt, sendAt, expiresAt, type } = notification;
  const end = expiresAt ?? Math.max(createdAt, sendAt ?? createdAt) + typeOf(database, type).ttlSeconds * 1000;
  if (hit.tMono > mono(end) + deadlineMs) judgement.found('sent_after_expiry', `${describe(hit)}, expired ${new Date(end).toISOString()}`);
}

/** After the last end that was written down for a delivery nothing goes out, but for what was already on its way. */
function judgeEnd(judgement: Judgement, { database, mono, deadlineMs, clockWrong }: SendEvidence, hit: Hit): void {
  const last = database.steps.get(hit.deliveryId ?? '')?.at(-1);
  if (last === undefined || !ends(last.state)) return;
  const end = latestWriting(mono(last.at), clockWrong);
  if (hit.tMono > end + deadlineMs) judgement.found('sent_after_its_end', `${describe(hit)}, which was ${stateName(last.state)}`);
}

/** When the database wrote down an instant at the latest: if it may have been while its clock was wrong, at the end of that. */
function latestWriting(at: number, clockWrong: readonly WrongClock[]): number {
  const meanwhile = clockWrong.filter((wrong) => within(at - wrong.offMs, [wrong]));
  return Math.max(at, ...meanwhile.map(({ to }) => to));
}

/** A hit that has to be asked the database about: was it night there, at the earliest and at the latest time that counts? */
export interface NightQuestion {
  readonly hit: Hit;
  readonly zone: string;
  readonly start: number;
  readonly end: number;
  readonly instants: readonly [earliest: number, latest: number];
}

/** Hits to users whose quiet hours surely stood throughout the time in which the request may have been claimed and sent. */
export function nightQuestions({ database, hits, timeline, notificationOf, deadlineMs, thawed }: SendEvidence): NightQuestion[] {
  const byUser = settingsByUser(timeline.settings);
  const changedTypes = new Set(timeline.types.map(({ type }) => type));
  return hits.flatMap((hit) => {
    const notification = notificationOf.get(hit.deliveryId ?? '');
    if (notification === undefined || within(hit.tMono, thawed)) return [];
    if (changedTypes.has(notification.type) || typeOf(database, notification.type).urgent) return [];
    const from = hit.tMono - deadlineMs;
    const settled = settledBefore(byUser.get(notification.userId) ?? [], from, hit.tMono);
    const quiet = settled?.quiet;
    if (settled === null || quiet === null || quiet === undefined) return [];
    const zone = settled.timezone ?? database.policy.defaultTimezone;
    return [{ hit, zone, start: quiet.startMinute, end: quiet.endMinute, instants: [hit.tWall - deadlineMs, hit.tWall] as const }];
  });
}

export function settingsByUser(acts: readonly SettingsAct[]): Map<string, SettingsAct[]> {
  const byUser = new Map<string, SettingsAct[]>();
  for (const act of acts) {
    const list = byUser.get(act.userId);
    if (list === undefined) byUser.set(act.userId, [act]);
    else list.push(act);
  }
  return byUser;
}

/** The settings that surely stood from one instant to another: every act before is answered, none is under way. null: not known. */
export function settledBefore(acts: readonly SettingsAct[], from: number, to: number): SettingsAct | null {
  const effective = acts.filter(({ answered }) => answered !== 'refused').sort((a, b) => a.from - b.from);
  const before = effective.filter((act) => act.from <= to);
  if (before.length === 0 || before.some((act: Act) => act.answered !== 'done' || act.to > from)) return null;
  let merged = before[0] as SettingsAct;
  for (const act of before.slice(1)) {
    // Two at the same time: nobody knows which came last.
    if (act.from < merged.to) return null;
    merged = {
      ...act,
      pushEnabled: act.pushEnabled ?? merged.pushEnabled,
      timezone: act.timezone === undefined ? merged.timezone : act.timezone,
      quiet: act.quiet === undefined ? merged.quiet : act.quiet,
      disabledTypes: act.disabledTypes ?? merged.disabledTypes,
    };
  }
  return merged;
}

export function judgeNights(
  judgement: Judgement,
  questions: readonly NightQuestion[],
  minutes: readonly (readonly (number | null)[])[],
): void {
  for (const [i, { hit, zone, start, end }] of questions.entries()) {
    judgement.examined();
    const asked = minutes[i] ?? [];
    if (asked.length > 0 && asked.every((minute) => minute !== null && inSpan(minute, start, end))) {
      judgement.found(
        'sent_in_quiet_hours',
        `${describe(hit)}, ${clock(asked[1] ?? 0)} in ${zone}, quiet ${clock(start)} to ${clock(end)}`,
      );
    }
  }
}

const clock = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
