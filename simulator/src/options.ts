import type { FaultSpec } from './faults/kinds.js';
import type { Batch } from './ledger/entry.js';

/** How much of what was answered is kept in memory: nothing, the last `recent` recipients, or everything. */
export type LedgerMode = 'off' | 'counts' | 'full';

/** What can be changed while the simulator runs. */
export interface SimulatorSettings {
  /** Recipients a second and project; null = no limit. Expo: 600. */
  rate: number | null;
  /** Most recipients at once under `rate`; null = as many as `rate`. */
  burst: number | null;
  /** `Retry-After` seconds of natural 429 answers; null = no header (nothing is documented for Expo). */
  retryAfterSeconds: number | null;
  /** Age at which a ticket has its receipt. Expo: up to 15 minutes. */
  receiptDelayMs: number;
  /** Age at which a receipt is gone. Expo: 24 hours. */
  receiptTtlMs: number;
  /** Bearer token that every request must show; null = none needed. */
  accessToken: string | null;
  /** Every send and receipts answer waits so long. */
  latencyMs: number;
  /** Compresses answers for clients that accept gzip, as Expo's front end does. */
  gzipAnswers: boolean;
  /** Gives error tickets an `id` too, as was seen live. */
  errorTicketIds: boolean;
}

export interface SimulatorOptions extends Partial<SimulatorSettings> {
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default `counts`. */
  readonly ledger?: LedgerMode;
  /** Recipients kept in `counts` mode; default 500. */
  readonly recent?: number;
  /** File that gets a line for each recipient, on disk before the answer leaves. */
  readonly ledgerFile?: string | null;
  /** Called once when the ledger file cannot be written any more; from then on no send request is answered. */
  readonly onLedgerBroken?: (error: Error) => void;
  /** Called with each send request that was answered with tickets, whatever the ledger keeps. */
  readonly onAnswered?: (batch: Batch) => void;
  /** Project of tokens that have none of their own. */
  readonly project?: string;
  /** Seed of everything drawn at random. */
  readonly seed?: number;
  /** `frozen`: time moves by `advance` only. */
  readonly clock?: 'real' | 'frozen';
  /** With a name, receipts also work for tickets of earlier runs under the same name. */
  readonly name?: string | null;
  readonly faults?: readonly FaultSpec[];
  /** Largest request body on the wire and after decompression, in bytes. */
  readonly maxWireBytes?: number;
  readonly maxPlainBytes?: number;
}

export type ResolvedOptions = Required<Omit<SimulatorOptions, keyof SimulatorSettings>> & { settings: SimulatorSettings };

/** What `setTimeout` can wait: it fires at once for anything longer. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

const HOUR_MS = 3_600_000;

function defaultSettings(): SimulatorSettings {
  return {
    rate: 600,
    burst: null,
    retryAfterSeconds: null,
    receiptDelayMs: 0,
    receiptTtlMs: 24 * HOUR_MS,
    accessToken: null,
    latencyMs: 0,
    gzipAnswers: false,
    errorTicketIds: false,
  };
}

export function resolveOptions(options: SimulatorOptions): ResolvedOptions {
  const defaults = defaultSettings();
  return {
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    ledger: options.ledger ?? 'counts',
    recent: options.recent ?? 500,
    ledgerFile: options.ledgerFile ?? null,
    onLedgerBroken: options.onLedgerBroken ?? (() => {}),
    onAnswered: options.onAnswered ?? (() => {}),
    project: options.project ?? '@todoku/sandbox',
    seed: options.seed ?? 1,
    clock: options.clock ?? 'real',
    name: options.name ?? null,
    faults: options.faults ?? [],
    maxWireBytes: options.maxWireBytes ?? 2 * 1024 * 1024,
    maxPlainBytes: options.maxPlainBytes ?? 16 * 1024 * 1024,
    settings: {
      rate: options.rate === undefined ? defaults.rate : options.rate,
      burst: options.burst ?? defaults.burst,
      retryAfterSeconds: options.retryAfterSeconds ?? defaults.retryAfterSeconds,
      receiptDelayMs: options.receiptDelayMs ?? defaults.receiptDelayMs,
      receiptTtlMs: options.receiptTtlMs ?? defaults.receiptTtlMs,
      accessToken: options.accessToken ?? defaults.accessToken,
      latencyMs: options.latencyMs ?? defaults.latencyMs,
      gzipAnswers: options.gzipAnswers ?? defaults.gzipAnswers,
      errorTicketIds: options.errorTicketIds ?? defaults.errorTicketIds,
    },
  };
}
