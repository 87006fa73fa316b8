import type { FaultSpec } from '../faults/kinds.js';
import type { FaultStatus } from '../faults/plan.js';
import type { LedgerEntry } from '../ledger/entry.js';
import type { LedgerVerdict } from '../ledger/questions.js';
import type { SimulatorStats } from '../meters/stats.js';
import type { SimulatorSettings } from '../options.js';
import type { ReceiptKind } from '../tokens/behaviours.js';
import type { TokenChange } from '../tokens/registry.js';

/** A simulator in another process, by its control API. Every method rejects with the API's own message. */
export interface RemoteSimulator {
  setTokens(changes: readonly (TokenChange & ({ token: string } | { prefix: string }))[]): Promise<void>;
  setDefaultToken(change: TokenChange): Promise<void>;
  clearTokens(): Promise<void>;
  addFault(fault: FaultSpec): Promise<number>;
  clearFaults(): Promise<void>;
  faults(): Promise<FaultStatus[]>;
  advance(ms: number): Promise<void>;
  change(settings: Partial<SimulatorSettings>): Promise<void>;
  setReceipt(id: string, receipt: ReceiptKind): Promise<void>;
  stats(): Promise<SimulatorStats>;
  /** All entries still known, fetched page by page. */
  entries(): Promise<LedgerEntry[]>;
  duplicates(): Promise<{ deliveryId: string; hits: number }[]>;
  judge(expectedIds: readonly string[]): Promise<LedgerVerdict>;
  takenBy(token: string): Promise<LedgerEntry[]>;
  shownOn(token: string): Promise<LedgerEntry[]>;
  waitForAccepted(accepted: number, timeoutMs?: number): Promise<boolean>;
  reset(): Promise<void>;
}

const PAGE = 50_000;

/** `url` as the simulator printed it, e.g. `http://127.0.0.1:4100`. */
export function connectSimulator(url: string): RemoteSimulator {
  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const init: RequestInit = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const response = await fetch(new URL(`/simulator${path}`, url), init);
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`The simulator refused ${method} ${path}: ${JSON.stringify(answer)}`);
    return answer as T;
  }

  async function entries(): Promise<LedgerEntry[]> {
    const all: LedgerEntry[] = [];
    for (;;) {
      const page = await call<{ total: number; entries: LedgerEntry[] }>('GET', `/ledger?after=${all.length}&limit=${PAGE}`);
      for (const entry of page.entries) all.push(entry);
      if (page.entries.length === 0 || all.length >= page.total) return all;
    }
  }

  const list = async (path: string): Promise<LedgerEntry[]> => (await call<{ entries: LedgerEntry[] }>('GET', path)).entries;

  return {
    setTokens: (changes) => call('POST', '/tokens', changes),
    setDefaultToken: (change) => call('POST', '/default-token', change),
    clearTokens: () => call('DELETE', '/tokens'),
    addFault: async (fault) => (await call<{ ids: [number] }>('POST', '/faults', fault)).ids[0],
    clearFaults: () => call('DELETE', '/faults'),
    faults: async () => (await call<{ faults: FaultStatus[] }>('GET', '/faults')).faults,
    advance: (ms) => call('POST', '/clock/advance', { ms }),
    change: (settings) => call('POST', '/settings', settings),
    setReceipt: (id, receipt) => call('POST', '/receipts', { id, receipt }),
    stats: () => call('GET', '/stats'),
    entries,
    duplicates: async () => (await call<{ duplicates: { deliveryId: string; hits: number }[] }>('GET', '/ledger/duplicates')).duplicates,
    judge: (expected) => call('POST', '/ledger/judge', { expected }),
    takenBy: (token) => list(`/ledger/taken?token=${encodeURIComponent(token)}`),
    shownOn: (token) => list(`/ledger/shown?token=${encodeURIComponent(token)}`),
    waitForAccepted: async (accepted, timeoutMs = 30_000) =>
      (await call<{ reached: boolean }>('GET', `/wait?accepted=${accepted}&timeoutMs=${timeoutMs}`)).reached,
    reset: () => call('POST', '/reset', {}),
  };
}
