import { createFrozenClock, createRealClock, type SimulatorClock } from './clock/clock.js';
import { FaultPlan } from './faults/plan.js';
import type { Batch, LedgerEntry } from './ledger/entry.js';
import { FullLedger } from './ledger/full.js';
import type { LedgerFile } from './ledger/ledger-file.js';
import { RecentEntries } from './ledger/recent.js';
import { Meters } from './meters/meters.js';
import type { ResolvedOptions, SimulatorSettings } from './options.js';
import { RateLimit } from './protocol/rate-limit.js';
import { TicketIds } from './protocol/ticket-ids.js';
import type { ReceiptKind } from './tokens/behaviours.js';
import { TokenRegistry } from './tokens/registry.js';

/** Frozen simulators all start at the same moment, so that tests read the same on every day. */
const FROZEN_START_MS = Date.UTC(2026, 0, 1);

/** Someone who waits for `accepted` recipients in all. */
interface Waiter {
  readonly accepted: number;
  readonly reached: () => void;
}

/** Everything that one simulator remembers. Endpoints act on it, control changes it, tests ask it. */
export class ServiceState {
  readonly clock: SimulatorClock;
  readonly tokens: TokenRegistry;
  readonly faults: FaultPlan;
  readonly meters = new Meters();
  readonly ids: TicketIds;
  readonly limit: RateLimit;
  readonly settings: SimulatorSettings;
  readonly full: FullLedger | null;
  readonly recent: RecentEntries | null;
  readonly file: LedgerFile | null;
  /** Receipts that control has set for single tickets. */
  readonly receiptOverrides = new Map<string, ReceiptKind>();
  readonly #onAnswered: (batch: Batch) => void;
  #waiters: Waiter[] = [];
  #lastRequest = 0;

  constructor(options: ResolvedOptions, file: LedgerFile | null) {
    this.clock = options.clock === 'frozen' ? createFrozenClock(FROZEN_START_MS) : createRealClock();
    this.tokens = new TokenRegistry({ behaviour: 'live', project: options.project, platform: 'ios' });
    this.faults = new FaultPlan(options.seed);
    for (const fault of options.faults) this.faults.add(fault);
    this.ids = new TicketIds(options.name);
    this.settings = options.settings;
    this.limit = new RateLimit(this.settings, this.clock);
    this.full = options.ledger === 'full' ? new FullLedger(this.ids.run) : null;
    this.recent = options.ledger === 'counts' ? new RecentEntries(this.ids.run, options.recent) : null;
    this.file = file;
    this.#onAnswered = options.onAnswered;
  }

  /** Numbers the send requests of this run from 1, also across resets: the ledger file goes on. */
  nextRequest(): number {
    this.#lastRequest += 1;
    return this.#lastRequest;
  }

  record(batch: Batch): void {
    this.full?.add(batch);
    this.recent?.add(batch);
    this.#onAnswered(batch);
    if (this.#waiters.length > 0) this.#wake();
  }

  /** What is still known of single recipients: all in `full` mode, the last ones in `counts` mode. */
  entries(): readonly LedgerEntry[] {
    return this.full?.entries() ?? this.recent?.entries() ?? [];
  }

  /** Calls `reached` once that many recipients were accepted; the answer takes it back. */
  onAccepted(accepted: number, reached: () => void): () => void {
    const waiter = { accepted, reached };
    this.#waiters.push(waiter);
    this.#wake();
    return () => {
      this.#waiters = this.#waiters.filter((one) => one !== waiter);
    };
  }

  /** As after the start, but for time, settings and the ledger file. */
  reset(): void {
    this.tokens.clear();
    this.faults.clear();
    this.meters.reset();
    this.limit.clear();
    this.full?.clear();
    this.recent?.clear();
    this.receiptOverrides.clear();
  }

  #wake(): void {
    const reached = this.#waiters.filter((waiter) => this.meters.accepted >= waiter.accepted);
    this.#waiters = this.#waiters.filter((waiter) => !reached.includes(waiter));
    for (const waiter of reached) waiter.reached();
  }
}
