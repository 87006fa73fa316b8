import { plainArray, textArray } from '../database/array-literal.js';
import type { Database } from '../database/database.js';
import { LowWater } from '../database/low-water.js';
import { logFailures } from '../delivery/log-failures.js';
import type { ProjectBreaker } from '../delivery/project-breaker.js';
import type { ProjectRegistry } from '../delivery/project-registry.js';
import type { DeadToken, TokenQuarantine } from '../delivery/token-quarantine.js';
import { failpoint } from '../failpoints/failpoint.js';
import type { Logger } from '../logging/logger.js';
import { logNotificationError } from '../logging/notification-error.js';
import type { PolicyCache } from '../planning/policy-cache.js';
import type { Provider, Receipt } from '../providers/provider.js';
import { GIVE_UP_SECONDS, nextReceiptDelay } from './receipt-schedule.js';
import { claimReceipts, completeReceipts, releaseReceipts } from './receipt-statements.js';

interface PollerParts {
  readonly database: Database;
  readonly registry: ProjectRegistry;
  readonly policies: PolicyCache;
  readonly breaker: ProjectBreaker;
  readonly quarantine: TokenQuarantine;
  readonly providerOf: (projectId: number) => Provider | undefined;
  readonly monotonic: () => number;
  readonly random: () => number;
  readonly log: Logger;
  readonly traces?: { begin(batchIds: readonly string[]): Promise<ReceiptTrace> } | undefined;
}

/** Told of a request's end: what each ticket of each batch that was ours learnt, after the commit. */
interface ReceiptTrace {
  end(settled: readonly { readonly batchId: string; readonly verdicts: readonly Verdict[] }[]): void;
}

interface PollerOptions {
  readonly deadlineMs: number;
  readonly leaseSeconds: number;
}

interface TicketBatch {
  readonly id: string;
  readonly epoch: number;
  readonly tickets: string[];
  readonly tokens: string[];
  readonly tries: number;
  readonly attempt: number;
  readonly sentAt: Date;
  readonly ageSeconds: number;
  readonly dueAt: number;
}

/** Codes of push.delivery_states; 0 waits on. */
const WAITING = 0;
const QUEUED = 1;
const ACCEPTED_BY_PLATFORM = 20;
const FAILED = 30;
const RECEIPT_MISSING = 34;

const CHUNK_MOST = 100;
const RETRY_SECONDS = 30;

function batchOf(row: readonly (string | null)[]): TicketBatch {
  const sent = Number(row[6]);
  return {
    id: row[0] ?? '',
    epoch: Number(row[1]),
    tickets: JSON.parse(row[2] ?? '[]') as string[],
    tokens: JSON.parse(row[3] ?? '[]') as string[],
    tries: Number(row[4]),
    attempt: Number(row[5]),
    sentAt: new Date(sent * 1000),
    ageSeconds: Number(row[7]) - sent,
    dueAt: Number(row[8]),
  };
}

interface Verdict {
  readonly state: number;
  readonly code: string | null;
}

/** Asks for the receipts of tickets and writes what they say: taken by Apple or Google, refused, or, after almost a day, missing. */
export class ReceiptPoller {
  readonly #parts: PollerParts;
  readonly #options: PollerOptions;
  readonly #lowWater: LowWater;

  constructor(parts: PollerParts, options: PollerOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#lowWater = new LowWater(parts.monotonic);
  }

  /** One request for each project that has receipts due. True when there was any. */
  async poll(): Promise<boolean> {
    let worked = false;
    for (const project of await this.#parts.registry.list()) {
      const provider = this.#parts.providerOf(project.id);
      if (provider !== undefined && provider.limits.receiptIds > 0) worked = (await this.#pollProject(project.id, provider)) || worked;
    }
    return worked;
  }

  async #pollProject(projectId: number, provider: Provider): Promise<boolean> {
    const { database } = this.#parts;
    const mark = this.#lowWater.next(String(projectId));
    const rows = await database.rows(claimReceipts, [
      projectId,
      Math.max(1, Math.floor(provider.limits.receiptIds / CHUNK_MOST)),
      mark.from === 0 ? '-infinity' : new Date(mark.from * 1000).toISOString(),
      this.#options.leaseSeconds,
    ]);
    const batches = rows.map(batchOf);
    this.#lowWater.saw(mark, batches.length === 0 ? null : Math.min(...batches.map((batch) => batch.dueAt)));
    if (batches.length === 0) return false;
    const trace = await this.#parts.traces?.begin(batches.map(({ id }) => id));
    if (FAILPOINTS) await failpoint('receipt_poll');
    const result = await provider.receipts(
      batches.flatMap((batch) => batch.tickets),
      this.#options.deadlineMs,
    );
    if (result.kind === 'answered') await this.#settle(projectId, batches, result.receipts, trace);
    else await this.#giveBack(projectId, batches, result, trace);
    return true;
  }

  async #giveBack(
    projectId: number,
    batches: readonly TicketBatch[],
    result: { readonly kind: 'transient' | 'project_fault'; readonly code: string; readonly retryAfterMs: number | null },
    trace: ReceiptTrace | undefined,
  ): Promise<void> {
    const fields = { projectId, batches: batches.length };
    logNotificationError(this.#parts.log, result.code, 'receipts could not be fetched', fields, 'warn');
    // A ticket that has become too old is given up even when nobody answers.
    const old = batches.filter((batch) => batch.ageSeconds >= GIVE_UP_SECONDS);
    if (old.length > 0) await this.#settle(projectId, old, new Map(), trace);
    const young = batches.filter((batch) => batch.ageSeconds < GIVE_UP_SECONDS);
    if (young.length === 0) return;
    const delay = Math.max(RETRY_SECONDS, (result.retryAfterMs ?? 0) / 1000) * (1 + this.#parts.random());
    await this.#parts.database.query(releaseReceipts, [idsOf(young), epochsOf(young), delay]);
  }

  async #settle(
    projectId: number,
    batches: readonly TicketBatch[],
    receipts: ReadonlyMap<string, Receipt>,
    trace: ReceiptTrace | undefined,
  ): Promise<void> {
    const { database, quarantine, breaker, random } = this.#parts;
    const { maxAttempts } = await this.#parts.policies.get();
    const dead: DeadToken[] = [];
    let projectFault: string | null = null;
    const verdicts = batches.map((batch) =>
      batch.tickets.map((ticket, i): Verdict => {
        const receipt = receipts.get(ticket);
        if (receipt?.kind === 'token_fault') dead.push({ tokenId: batch.tokens[i] ?? '', code: receipt.code, sentAt: batch.sentAt });
        if (receipt?.kind === 'project_fault') projectFault = receipt.code;
        return verdictOf(batch, receipt, maxAttempts);
      }),
    );
    const kept = await database.transaction(async (tx) => {
      const kept = await tx.rows(completeReceipts, [
        idsOf(batches),
        epochsOf(batches),
        textArray(verdicts.map((batch) => plainArray(batch.map((verdict) => verdict.state)))),
        textArray(verdicts.map((batch) => textArray(batch.map((verdict) => verdict.code)))),
        plainArray(batches.map((batch) => nextReceiptDelay(batch.tries, batch.ageSeconds, random))),
        5 + 25 * random(),
      ]);
      const asked = batches.reduce((sum, batch) => sum + batch.tickets.length, 0);
      if (dead.length > 0 && kept.length > 0) await quarantine.lose(tx, projectId, dead, asked);
      if (FAILPOINTS) await failpoint('before_receipts_commit');
      return kept;
    });
    if (trace !== undefined) {
      const ours = new Set(kept.map(([id]) => id));
      const settled = batches.map(({ id }, i) => ({ batchId: id, verdicts: verdicts[i] ?? [] }));
      trace.end(settled.filter(({ batchId }) => ours.has(batchId)));
    }
    this.#log(projectId, verdicts.flat());
    if (projectFault !== null) await breaker.fault(projectId, projectFault);
  }

  #log(projectId: number, verdicts: readonly Verdict[]): void {
    const { log } = this.#parts;
    log.debug({ projectId, receipts: verdicts.length }, 'receipts were fetched');
    logFailures(
      log,
      verdicts.map(({ state, code }) => ({ to: nameOf[state] ?? '', code })),
      { projectId },
    );
  }
}

const nameOf: Readonly<Record<number, string>> = { [QUEUED]: 'queued', [FAILED]: 'failed', [RECEIPT_MISSING]: 'receipt_missing' };

function verdictOf(batch: TicketBatch, receipt: Receipt | undefined, maxAttempts: number): Verdict {
  if (receipt === undefined) {
    return batch.ageSeconds >= GIVE_UP_SECONDS ? { state: RECEIPT_MISSING, code: 'RECEIPT_MISSING' } : { state: WAITING, code: null };
  }
  switch (receipt.kind) {
    case 'accepted':
      return { state: ACCEPTED_BY_PLATFORM, code: null };
    case 'transient':
      // Apple or Google did not take it this time: definitely not on the device.
      return batch.attempt + 1 >= maxAttempts ? { state: FAILED, code: receipt.code } : { state: QUEUED, code: receipt.code };
    case 'token_fault':
    case 'message_fault':
    case 'project_fault':
      return { state: FAILED, code: receipt.code };
  }
}

const idsOf = (batches: readonly TicketBatch[]): string => plainArray(batches.map((batch) => batch.id));
const epochsOf = (batches: readonly TicketBatch[]): string => plainArray(batches.map((batch) => batch.epoch));
