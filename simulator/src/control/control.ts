import type { FaultSpec } from '../faults/kinds.js';
import type { FaultStatus } from '../faults/plan.js';
import type { LedgerEntry } from '../ledger/entry.js';
import { duplicates, hitsByDelivery, judge, type LedgerVerdict, shownOn, takenBy } from '../ledger/questions.js';
import type { SimulatorStats } from '../meters/stats.js';
import type { SimulatorSettings } from '../options.js';
import type { ServiceState } from '../service.js';
import type { ReceiptKind } from '../tokens/behaviours.js';
import type { TokenChange } from '../tokens/registry.js';

/** What a test or an operator can do with a running simulator in its own process. Over HTTP: `/simulator`. */
export class SimulatorControl {
  readonly #state: ServiceState;

  constructor(state: ServiceState) {
    this.#state = state;
  }

  /** Says how a device answers, which project and platform it belongs to. */
  setToken(token: string, change: TokenChange): void {
    this.#state.tokens.set(token, change);
  }

  /** The same for every token that begins with `prefix`; the longest prefix wins, a token's own entry before all. */
  setTokenPrefix(prefix: string, change: TokenChange): void {
    this.#state.tokens.setPrefix(prefix, change);
  }

  /** How tokens answer that nothing else is said of. Entries made earlier keep what they are. */
  setDefaultToken(change: TokenChange): void {
    this.#state.tokens.setDefault(change);
  }

  clearTokens(): void {
    this.#state.tokens.clear();
  }

  /** Adds to the script and returns the fault's number. */
  addFault(fault: FaultSpec): number {
    return this.#state.faults.add(fault);
  }

  clearFaults(): void {
    this.#state.faults.clear();
  }

  faults(): FaultStatus[] {
    return this.#state.faults.list();
  }

  /** Moves the virtual clock forward: receipts become ready or expire, rate budgets fill. */
  advance(ms: number): void {
    this.#state.clock.advance(ms);
  }

  /** Virtual Unix time in milliseconds. */
  now(): number {
    return this.#state.clock.wallMs();
  }

  settings(): SimulatorSettings {
    return { ...this.#state.settings };
  }

  /** Changes take effect with the next request; a changed rate starts with full buckets. */
  change(settings: Partial<SimulatorSettings>): void {
    Object.assign(this.#state.settings, settings);
    if ('rate' in settings || 'burst' in settings) this.#state.limit.clear();
  }

  /** Overrides the receipt of one ticket. */
  setReceipt(ticketId: string, receipt: ReceiptKind): void {
    this.#state.receiptOverrides.set(ticketId, receipt);
  }

  stats(): SimulatorStats {
    return this.#state.meters.snapshot();
  }

  /** In the order of arrival; in `counts` mode the last ones only. */
  entries(): readonly LedgerEntry[] {
    return this.#state.entries();
  }

  hits(): Map<string, number> {
    return hitsByDelivery(this.#state.entries());
  }

  duplicates(): { deliveryId: string; hits: number }[] {
    return duplicates(this.hits());
  }

  /** Compares with the deliveries that should have been taken. Needs the `full` ledger to mean anything. */
  judge(expectedIds: Iterable<string>): LedgerVerdict {
    return judge(this.#state.entries(), expectedIds);
  }

  /** What a device was sent, in order. */
  takenBy(token: string): LedgerEntry[] {
    return takenBy(this.#state.entries(), token);
  }

  /** What a device shows after collapsing. */
  shownOn(token: string): LedgerEntry[] {
    return shownOn(this.#state.entries(), token);
  }

  /**
   * Resolves to true when that many recipients were accepted since the start or reset, to false after `timeoutMs`
   * of real time.
   */
  waitForAccepted(accepted: number, timeoutMs = 30_000): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        takeBack();
        resolve(false);
      }, timeoutMs);
      timer.unref();
      const takeBack = this.#state.onAccepted(accepted, () => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  /** Forgets tokens, faults, counters and ledger; time, settings and the ledger file stay. */
  reset(): void {
    this.#state.reset();
  }
}
