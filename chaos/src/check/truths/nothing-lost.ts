import { createHash } from 'node:crypto';
import type { DatabaseFacts, DecisionRow, NotificationRow } from '../database/facts.js';
import type { Hit } from '../hits.js';
import type { SettingsAct, Stretch, Submission, Timeline } from '../timeline.js';
import type { Judgement } from '../verdict.js';
import type { Ownership } from './devices.js';
import { settledBefore } from './forbidden-sends.js';
import { typeOf } from './limits.js';

export interface LossEvidence {
  readonly database: DatabaseFacts;
  readonly hits: readonly Hit[];
  readonly timeline: Timeline;
  readonly ownership: Ownership;
  readonly notificationOf: ReadonlyMap<string, NotificationRow>;
  readonly mono: (databaseMs: number) => number;
  /** Tokens that the provider called dead at least once: the product may have taken them out of use. */
  readonly calledDead: ReadonlySet<string>;
  readonly twins: ReadonlyMap<string, readonly NotificationRow[]>;
  readonly settingsOf: ReadonlyMap<string, readonly SettingsAct[]>;
  /** The database's clock was the machine's throughout: its times can be laid on the others. */
  readonly clockHeld: boolean;
  /** What a clock may be off, and a decision be written later than it was made, ms. */
  readonly slackMs: number;
  /** When a process stood still, and shortly after: a decision that it had made before is written then. */
  readonly thawed: readonly Stretch[];
}

/** Truth 1, from outside: what was acknowledged is there and went where it should; what was not is not. */
export function judgeNothingLost(judgement: Judgement, evidence: LossEvidence): void {
  const byTitle = new Map<string, NotificationRow[]>();
  for (const row of evidence.database.notifications.values()) byTitle.set(row.title, [...(byTitle.get(row.title) ?? []), row]);
  const sentTitles = new Set(evidence.hits.map(({ titleHash }) => titleHash));
  const changedTypes = new Set(evidence.timeline.types.map(({ type }) => type));
  const unanswered = unansweredKeys(evidence.timeline.submissions);
  for (const submission of evidence.timeline.submissions) {
    judgement.examined();
    const rows = byTitle.get(submission.title) ?? [];
    const mayBeThere =
      submission.answered === 'refused' && (unanswered.get(submission.idempotencyKey) ?? Number.POSITIVE_INFINITY) < submission.from;
    judgePresence(judgement, evidence, mayBeThere ? { ...submission, answered: 'unknown' } : submission, rows, sentTitles);
  }
  if (evidence.clockHeld) for (const row of evidence.database.notifications.values()) judgeFate(judgement, evidence, row, changedTypes);
  judgeHits(judgement, evidence);
}

/** Keys of requests without an answer, and when the first of each began: one that is still under way has its repeats refused, and may commit. */
function unansweredKeys(submissions: readonly Submission[]): ReadonlyMap<string | null, number> {
  const first = new Map<string | null, number>();
  for (const { idempotencyKey, answered, from } of submissions) {
    if (idempotencyKey === null || answered !== 'unknown') continue;
    first.set(idempotencyKey, Math.min(from, first.get(idempotencyKey) ?? from));
  }
  return first;
}

function judgePresence(
  judgement: Judgement,
  { database }: LossEvidence,
  submission: Submission,
  rows: readonly NotificationRow[],
  sentTitles: ReadonlySet<string | null>,
): void {
  const { answered, title, userIds, ids, rolledBack, repeats } = submission;
  const name = `«${title}»`;
  const missing = ids.filter((id) => !database.notifications.has(id));
  if (answered === 'done' && !rolledBack && missing.length > 0) judgement.found('acknowledged_but_missing', `${name}: ${missing[0]}`);
  if (repeats) return;
  if (rolledBack || answered === 'refused') {
    if (rows.length > 0) judgement.found('rolled_back_but_there', name);
    if (sentTitles.has(titleHash(title))) judgement.found('rolled_back_but_sent', name);
    return;
  }
  if (answered === 'done' && rows.length !== userIds.length) {
    judgement.found(
      rows.length < userIds.length ? 'acknowledged_but_missing' : 'made_twice',
      `${name}: ${rows.length} of ${userIds.length} rows`,
    );
  }
  if (answered === 'unknown' && rows.length !== 0 && rows.length !== userIds.length) {
    judgement.found('half_done', `${name}: ${rows.length} of ${userIds.length} rows`);
  }
}

/** As the simulator writes it down. */
export const titleHash = (title: string): string => createHash('sha256').update(title).digest('hex').slice(0, 16);

/** What was decided for a notification is so for a reason that is true, and it went to the devices that she surely had. */
function judgeFate(judgement: Judgement, evidence: LossEvidence, row: NotificationRow, changedTypes: ReadonlySet<string>): void {
  const decisions = evidence.database.decisions.get(row.id) ?? [];
  for (const decision of decisions) {
    if (decision.verdict === 'send') judgeDevices(judgement, evidence, row, decision);
    else if (!changedTypes.has(row.type)) {
      const lie = whyUntrue(evidence, row, decision);
      if (lie !== null) judgement.found(`untrue_${decision.reason}`, `notification ${row.id}: ${lie}`);
    }
  }
}

/** When a decision may have been made. */
function around({ mono, slackMs, thawed }: LossEvidence, decision: DecisionRow): Stretch {
  const at = mono(decision.decidedAt);
  const stood = thawed.filter(({ from, to }) => from <= at && at <= to + slackMs);
  return { from: Math.min(at, ...stood.map(({ from }) => from)) - slackMs, to: at + slackMs };
}

const covers = (stretches: readonly Stretch[], { from, to }: Stretch): boolean => stretches.some((s) => s.from <= from && s.to >= to);

function judgeDevices(judgement: Judgement, evidence: LossEvidence, row: NotificationRow, decision: DecisionRow): void {
  if (row.tokenId !== null) return;
  const { ownership, calledDead } = evidence;
  const when = around(evidence, decision);
  const tokens = [...ownership.tokensOf(row.userId)];
  const surely = tokens.filter((token) => !calledDead.has(token) && covers(ownership.active(token, row.userId), when));
  const perhaps = tokens.filter((token) => ownership.mayBeActive(token, row.userId, when));
  if (decision.deliveries < surely.length) {
    judgement.found('device_left_out', `notification ${row.id}: ${decision.deliveries} deliveries, ${surely.length} devices`);
  }
  if (decision.deliveries > perhaps.length) {
    judgement.found('device_made_up', `notification ${row.id}: ${decision.deliveries} deliveries, at most ${perhaps.length} devices`);
  }
}

/** null: true, or nothing speaks against it. */
function whyUntrue(evidence: LossEvidence, row: NotificationRow, decision: DecisionRow): string | null {
  const { database, ownership, settingsOf, calledDead, mono } = evidence;
  const when = around(evidence, decision);
  const acts = settingsOf.get(row.userId) ?? [];
  const settings = () => settledBefore(acts, when.from, when.to);
  const mayHaveSettings = acts.some(({ answered }) => answered !== 'refused');
  const expiry = row.expiresAt ?? Math.max(row.createdAt, row.sendAt ?? row.createdAt) + typeOf(database, row.type).ttlSeconds * 1000;
  switch (decision.reason) {
    case 'no_token': {
      const had = [...ownership.tokensOf(row.userId)].find(
        (token) => !calledDead.has(token) && covers(ownership.active(token, row.userId), when),
      );
      return had === undefined ? null : 'she had a device';
    }
    case 'user_disabled_push':
      return !mayHaveSettings || settings()?.pushEnabled === true ? 'she had pushes on' : null;
    case 'user_disabled_type': {
      const known = settings();
      return !mayHaveSettings || known?.disabledTypes?.includes(row.type) === false ? 'she had the type on' : null;
    }
    case 'type_disabled':
      return typeOf(database, row.type).enabled ? 'the type was on' : null;
    case 'expired':
      return mono(expiry) > when.to ? `it expires ${new Date(expiry).toISOString()}` : null;
    case 'scheduled':
      return row.sendAt === null || mono(row.sendAt) < when.from ? 'it was due' : null;
    case 'quiet_hours':
    case 'expires_in_quiet_hours': {
      const known = settings();
      return !mayHaveSettings || (known !== null && (known.quiet === null || known.quiet === undefined)) ? 'she had no quiet hours' : null;
    }
    case 'duplicate':
      return hasTwin(evidence, row) ? null : 'nothing else has its content';
    case 'frequency_cap':
      return database.policy.capLimit === null || !typeOf(database, row.type).capped ? 'nothing caps it' : null;
    case 'broadcast_cancelled':
      return database.broadcasts.find(({ id }) => id === row.broadcastId)?.state === 'cancelled' ? null : 'its broadcast was not cancelled';
    case 'row_deleted':
      return 'its row is there';
    default:
      return null;
  }
}

/** Another notification of hers with the same content, planned within the window before or after; what was held is planned twice. */
function hasTwin({ database, twins, slackMs }: LossEvidence, row: NotificationRow): boolean {
  const plannedAt = (id: string): number[] => (database.decisions.get(id) ?? []).map(({ decidedAt }) => decidedAt);
  const window = typeOf(database, row.type).dedupeSeconds * 1000 + slackMs;
  const others = (twins.get(twinKey(row)) ?? []).filter(({ id }) => id !== row.id).flatMap(({ id }) => plannedAt(id));
  return plannedAt(row.id).some((at) => others.some((other) => Math.abs(at - other) <= window));
}

const twinKey = ({ userId, content }: NotificationRow): string => `${userId} ${content}`;

/** Notifications by user and content. */
export function twinsIn(database: DatabaseFacts): Map<string, NotificationRow[]> {
  const twins = new Map<string, NotificationRow[]>();
  for (const row of database.notifications.values()) {
    const list = twins.get(twinKey(row));
    if (list === undefined) twins.set(twinKey(row), [row]);
    else list.push(row);
  }
  return twins;
}

/** Whatever the provider got is a delivery of ours, says what its notification says, and goes to one device for good. */
function judgeHits(judgement: Judgement, { database, hits, notificationOf }: LossEvidence): void {
  const tokenOf = new Map<string, string>();
  for (const hit of hits) {
    const notification = notificationOf.get(hit.deliveryId ?? '');
    if (notification === undefined) {
      judgement.found('sent_but_unknown', `delivery ${hit.deliveryId ?? '?'} in request ${hit.request}`);
      continue;
    }
    if (hit.titleHash !== titleHash(notification.title)) judgement.found('wrong_text_sent', `delivery ${hit.deliveryId ?? '?'}`);
    const tokenId = database.steps.get(hit.deliveryId ?? '')?.[0]?.tokenId;
    if (tokenId === undefined) continue;
    const known = tokenOf.get(tokenId);
    if (known !== undefined && known !== hit.token) judgement.found('sent_to_another_device', `delivery ${hit.deliveryId ?? '?'}`);
    tokenOf.set(tokenId, hit.token);
  }
}
