import type { Client } from 'pg';
import type { DatabaseFacts, NotificationRow } from './database/facts.js';
import { localMinutes } from './database/local-minutes.js';
import { readFacts } from './database/read-facts.js';
import { migrationFiles, schemaPrint } from './database/schema-print.js';
import type { Evidence } from './evidence.js';
import type { Hit } from './hits.js';
import { within } from './timeline.js';
import { deliveriesOf, judgeAccounting } from './truths/accounting.js';
import { judgeBadInput } from './truths/bad-input.js';
import { judgeBroadcasts } from './truths/broadcasts.js';
import { judgeCoverage } from './truths/coverage.js';
import { Ownership } from './truths/devices.js';
import { judgeDuplicates } from './truths/duplicates.js';
import { judgeFences } from './truths/fences.js';
import { judgeForbiddenSends, judgeNights, nightQuestions, type SendEvidence, settingsByUser } from './truths/forbidden-sends.js';
import { probeIsolation } from './truths/isolation.js';
import { judgeLimits } from './truths/limits.js';
import { judgeLiveness } from './truths/liveness.js';
import { judgeMemory } from './truths/memory.js';
import { judgeNothingLost, twinsIn } from './truths/nothing-lost.js';
import { judgeRate } from './truths/rate.js';
import { judgeReceipts, receiptOf } from './truths/receipts.js';
import { judgeSchema } from './truths/schema.js';
import { judgeSecrecy } from './truths/secrecy.js';
import { Judgement, type TruthVerdict, type Verdict } from './verdict.js';

/** What the way to the provider may take besides the deadline: proxies, the machine's load. */
const wayMs = 3000;
/** What a decision may be written down later than its inputs were read. */
const slackMs = 10_000;
/** What lies between a claim and its request's arrival at the provider on a busy machine, when nothing is broken. */
const usualDelayMs = 1000;
const usersProbed = 5;

/**
 * Joins what the records tell with what the database says, and judges the ten truths. `client`: a superuser's. `freshSchema`: the print of
 * a database that got the same migrations undisturbed.
 */
export async function judgeEvidence(evidence: Evidence, client: Client, freshSchema: readonly string[]): Promise<Verdict> {
  const database = await readFacts(client, evidence.clockWrong.length === 0);
  const truths = [
    judgeLoss(evidence, database),
    ...(await judgeSends(evidence, client, database)),
    judgeTwice(evidence, database),
    judgeFences(database),
    judgeBudget(evidence, database),
    await judgeSecrecy(client, evidence.secrets),
    judgeSchema(await schemaPrint(client), freshSchema, await appliedVersions(client), await migrationFiles(evidence.migrations)),
    judgeBadInput(database, evidence.timeline.bad, evidence.timeline.failures),
    judgeMemory(evidence.memory),
    judgeRest(evidence, database),
  ].sort((a, b) => (a.truth || 99) - (b.truth || 99));
  const coverage = judgeCoverage(evidence.coverage);
  return {
    clean: truths.every(({ holds }) => holds) && (coverage.complete || !evidence.coverage.required),
    seed: evidence.seed,
    replay: evidence.replay,
    startedAt: evidence.startedAt,
    seconds: evidence.seconds,
    truths,
    coverage,
    figures: figuresOf(evidence, database),
  };
}

function notificationOfDelivery(database: DatabaseFacts): Map<string, NotificationRow> {
  const found = new Map<string, NotificationRow>();
  for (const [id, decisions] of database.decisions) {
    const row = database.notifications.get(id);
    if (row === undefined) continue;
    for (const delivery of decisions.flatMap(deliveriesOf)) found.set(delivery, row);
  }
  return found;
}

function sharedEvidence(evidence: Evidence, database: DatabaseFacts): SendEvidence {
  return {
    database,
    hits: evidence.hits,
    timeline: evidence.timeline,
    ownership: new Ownership(evidence.timeline.devices),
    notificationOf: notificationOfDelivery(database),
    mono: (databaseMs) => databaseMs - evidence.wallMinusMono,
    deadlineMs: evidence.requestDeadlineMs + wayMs,
    thawed: [...evidence.thawed, ...evidence.clockWrong],
    clockWrong: evidence.clockWrong,
  };
}

function judgeLoss(evidence: Evidence, database: DatabaseFacts): TruthVerdict {
  const judgement = new Judgement(1, 'No accepted notification is lost: each ends in one state, and the three records agree');
  judgeAccounting(judgement, database);
  judgeNothingLost(judgement, {
    ...sharedEvidence(evidence, database),
    calledDead: deadTokens(evidence.hits),
    twins: twinsIn(database),
    settingsOf: settingsByUser(evidence.timeline.settings),
    clockHeld: evidence.clockWrong.length === 0,
    slackMs,
  });
  judgeReceipts(judgement, database);
  return judgement.verdict();
}

/** Tokens that a ticket or a receipt has called dead. */
function deadTokens(hits: readonly Hit[]): Set<string> {
  const deadly = new Set<string | null>(['DeviceNotRegistered', 'BadDeviceToken']);
  return new Set(
    hits
      .filter(({ answer, ticketId }) => deadly.has(answer) || (ticketId !== null && deadly.has(receiptOf(ticketId))))
      .map(({ token }) => token),
  );
}

async function judgeSends(evidence: Evidence, client: Client, database: DatabaseFacts): Promise<TruthVerdict[]> {
  const sends = new Judgement(2, 'Nothing is sent after its end, while it is stopped, in quiet hours, expired, or to a former owner');
  const isolation = new Judgement(7, 'A user reads and changes her own rows only; a signed-out device gets nothing');
  const shared = sharedEvidence(evidence, database);
  judgeForbiddenSends(sends, isolation, shared);
  const questions = nightQuestions(shared);
  const minutes = await localMinutes(
    client,
    questions.flatMap(({ zone, instants }) => instants.map((at) => ({ zone, at }))),
  );
  judgeNights(
    sends,
    questions,
    questions.map((_, i) => minutes.slice(2 * i, 2 * i + 2)),
  );
  await probeIsolation(isolation, client, usersToProbe(evidence));
  return [sends.verdict(), isolation.verdict()];
}

const usersToProbe = ({ timeline }: Evidence): string[] => [...new Set(timeline.devices.map(({ userId }) => userId))].slice(0, usersProbed);

function judgeTwice(evidence: Evidence, database: DatabaseFacts): TruthVerdict {
  const judgement = new Judgement(3, 'Duplicates at the provider are exactly those counted as resent unknowns; none under at_most_once');
  const changedTypes = new Set(evidence.timeline.types.map(({ type }) => type));
  judgeDuplicates(judgement, { database, hits: evidence.hits, atMostOnce: evidence.atMostOnce, changedTypes });
  if (evidence.clockWrong.length === 0) judgeLimits(judgement, database, changedTypes);
  judgeIdempotency(judgement, evidence);
  return judgement.verdict();
}

/** One key, one set of notifications, however often it was sent. */
function judgeIdempotency(judgement: Judgement, { timeline }: Evidence): void {
  const byKey = new Map<string, string>();
  for (const { idempotencyKey, ids, answered } of timeline.submissions) {
    if (idempotencyKey === null || answered !== 'done') continue;
    judgement.examined();
    const known = byKey.get(idempotencyKey);
    const given = ids.toSorted().join();
    if (known !== undefined && known !== given) judgement.found('key_answered_differently', `${idempotencyKey}: ${known} and ${given}`);
    byKey.set(idempotencyKey, given);
  }
}

/** Each provider project by its own budget; what the product has not told apart yet goes by that of the first. */
function judgeBudget(evidence: Evidence, database: DatabaseFacts): TruthVerdict {
  const judgement = new Judgement(5, 'The rate never exceeds the project’s budget');
  const [first] = database.projects;
  const disturbed = [...evidence.disturbed, ...evidence.thawed, ...evidence.clockWrong];
  for (const project of database.projects) {
    const hits = evidence.hits.filter((hit) => (database.projects.find(({ name }) => name === hit.project) ?? first) === project);
    judgeRate(judgement, { hits, project, usualDelayMs, disturbed });
  }
  return judgement.verdict();
}

async function appliedVersions(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ version: string }>('select version from supabase_migrations.schema_migrations');
  return rows.map(({ version }) => version);
}

/** For each broadcast to everybody that is done: who surely had a live device from its start to its end. */
function everybodyReached({ timeline, wallMinusMono, clockWrong, hits }: Evidence, database: DatabaseFacts): Map<string, Set<string>> {
  const dead = deadTokens(hits);
  const ownership = new Ownership(timeline.devices.filter(({ token }) => !dead.has(token)));
  const wanted = new Map<string, Set<string>>();
  for (const { id, audience, startedAt, finishedAt } of clockWrong.length > 0 ? [] : database.broadcasts) {
    if (audience !== 'all' || startedAt === null || finishedAt === null) continue;
    wanted.set(id, ownership.usersActive({ from: startedAt - wallMinusMono - slackMs, to: finishedAt - wallMinusMono + slackMs }));
  }
  return wanted;
}

/** What is asked besides the ten. */
function judgeRest(evidence: Evidence, database: DatabaseFacts): TruthVerdict {
  const judgement = new Judgement(0, 'Besides: broadcasts reach everybody once, and all work ends in a bounded time');
  judgeBroadcasts(judgement, database, everybodyReached(evidence, database));
  judgeLiveness(judgement, {
    database,
    healedAt: evidence.healedAt,
    idleAt: evidence.idleAt,
    boundMs: evidence.livenessBoundMs,
    receiptsAskedAgain: evidence.receiptsAskedAgain,
    quietUsers: new Set(evidence.timeline.settings.filter(({ quiet }) => quiet != null).map(({ userId }) => userId)),
    paused: new Set(database.broadcasts.filter(({ state }) => state === 'paused').map(({ id }) => id)),
  });
  return judgement.verdict();
}

function figuresOf(evidence: Evidence, database: DatabaseFacts): Record<string, number> {
  const { timeline, hits } = evidence;
  return {
    submissions: timeline.submissions.length,
    acknowledged: timeline.submissions.filter(({ answered }) => answered === 'done').length,
    'without an answer': timeline.submissions.filter(({ answered }) => answered === 'unknown').length,
    notifications: database.notifications.size,
    deliveries: [...database.decisions.values()].flat().reduce((sum, { deliveries }) => sum + deliveries, 0),
    'provider requests': new Set(hits.map(({ request }) => request)).size,
    'recipients at the provider': hits.length,
    attempts: database.attempts.length,
    'fenced outcomes': database.attempts.filter(({ outcome }) => outcome === 'fenced').length,
    'leases lost': database.attempts.filter(({ outcome }) => outcome === 'lease_expired').length,
    'resent unknowns': database.ledger.get('resent_unknown') ?? 0,
    broadcasts: database.broadcasts.length,
    'hits not judged because a process had stood still': hits.filter(({ tMono }) => within(tMono, evidence.thawed)).length,
  };
}
