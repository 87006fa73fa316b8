import { type FileHandle, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { LedgerEntry } from './entry.js';

/** The part of a file handle that the ledger needs. */
type AppendOnly = Pick<FileHandle, 'appendFile' | 'datasync' | 'close'>;

/**
 * An append-only file of ledger entries, one JSON line each.
 *
 *   idle ──append──► writing ──synced, more waits──► writing
 *                       │                               │
 *                       └── synced, nothing waits ──► idle        any error ──► broken (for good)
 *
 * Lines that come while a write is under way go out together with the next one, so that one fdatasync serves many
 * requests. A request is answered only after its lines are on disk: `durable` is called then, never before, and
 * never at all when the file is broken, because an answer without a line would make the ledger a liar.
 */
export class LedgerFile {
  readonly #handle: AppendOnly;
  readonly #onBroken: (error: Error) => void;
  #state: 'idle' | 'writing' | 'broken' = 'idle';
  #lines = '';
  #waiting: (() => void)[] = [];
  #idle: Promise<void> = Promise.resolve();

  constructor(handle: AppendOnly, onBroken: (error: Error) => void) {
    this.#handle = handle;
    this.#onBroken = onBroken;
  }

  /** Opens or creates the file. A last line torn by a crash is ended here, so that it stays alone. */
  static async open(path: string, onBroken: (error: Error) => void): Promise<LedgerFile> {
    const handle = await open(path, 'a+');
    const { size } = await handle.stat();
    if (size > 0) {
      const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
      if (buffer[0] !== 0x0a) await handle.appendFile('\n');
    }
    await syncFolder(dirname(path));
    return new LedgerFile(handle, onBroken);
  }

  append(lines: string, durable: () => void): void {
    if (this.#state === 'broken') return;
    this.#lines += lines;
    this.#waiting.push(durable);
    if (this.#state === 'idle') {
      this.#state = 'writing';
      this.#idle = this.#writeAll();
    }
  }

  /** Waits for what is under way and closes the file. */
  async close(): Promise<void> {
    await this.#idle;
    await this.#handle.close();
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const lines = this.#lines;
        const waiting = this.#waiting;
        this.#lines = '';
        this.#waiting = [];
        await this.#handle.appendFile(lines);
        await this.#handle.datasync();
        for (const durable of waiting) durable();
      }
      this.#state = 'idle';
    } catch (error) {
      this.#state = 'broken';
      this.#onBroken(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

export function ledgerLines(entries: readonly LedgerEntry[]): string {
  let lines = '';
  for (const entry of entries) lines += `${JSON.stringify(entry)}\n`;
  return lines;
}

/** Reads a ledger file. A torn line is left out: its request was never answered. */
export async function readLedgerFile(path: string): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  for (const line of (await readFile(path, 'utf8')).split('\n')) {
    if (line.endsWith('}')) entries.push(JSON.parse(line) as LedgerEntry);
  }
  return entries;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
