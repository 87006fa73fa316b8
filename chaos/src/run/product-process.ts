import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync, type WriteStream } from 'node:fs';
import { type Journal, mono } from './journal.js';

export interface ProcessParts {
  readonly name: string;
  readonly main: string;
  readonly logFile: string;
  readonly env: Readonly<Record<string, string>>;
  readonly journal: Journal;
  /** The failpoint to arm at this start, as `name=action@hit`; null: none. */
  readonly arm: () => string | null;
  /** The process said that it was at this failpoint, and dies there. */
  readonly onFailpoint: (name: string) => void;
  /** The process said that it stands still at this failpoint. */
  readonly onFrozen: (process: ProductProcess) => void;
  /** It is not started again. */
  readonly onHopeless: (error: Error) => void;
}

const restartAfterMs = 300;
/** What a bad setting ends with. */
const refusedCode = 2;
/** A process that ends by itself so soon and so often will not live, whatever heals: a database that is away is waited for. */
const quickMs = 5000;
const mostQuickEnds = 30;

/**
 * One process of the product, started again whenever it ends.
 *
 *   running ──ends──► waiting ──300 ms──► running
 *      └──────stop──────┴───► stopped, for good
 *      └──can't live────────► stopped, for good
 */
export class ProductProcess {
  readonly name: string;
  readonly #parts: ProcessParts;
  readonly #log: WriteStream;
  #child: ChildProcess;
  #stopped = false;
  #quickEnds = 0;
  /** Unix ms of the last line of its log, by its own clock; null: it has written none yet. */
  lastLogTime: number | null = null;

  constructor(parts: ProcessParts) {
    this.name = parts.name;
    this.#parts = parts;
    this.#log = createWriteStream(parts.logFile, { flags: 'a' });
    // A pipe for each start of the process.
    this.#log.setMaxListeners(0);
    this.#child = this.#spawn();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): boolean {
    return this.isRunning && this.#child.kill(signal);
  }

  /** Ends it by SIGKILL, and says whether that was its end. */
  async kill(): Promise<boolean> {
    const child = this.#child;
    if (!this.isRunning) return false;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    return child.signalCode === 'SIGKILL';
  }

  /** Whether the kernel says that it stands still. */
  get isFrozen(): boolean {
    return /\) T /.test(readFileSync(`/proc/${this.pid}/stat`, 'utf8'));
  }

  get rssBytes(): number | null {
    try {
      const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1];
      return kilobytes === undefined ? null : Number(kilobytes) * 1024;
    } catch {
      return null;
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (!this.isRunning) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGCONT');
    this.#child.kill('SIGTERM');
    const force = setTimeout(() => this.#child.kill('SIGKILL'), 15_000);
    await gone;
    clearTimeout(force);
  }

  #spawn(): ChildProcess {
    const { name, main, env, logFile, journal } = this.#parts;
    const armed = this.#parts.arm();
    const begun = mono();
    const child = spawn(process.execPath, [main, 'serve'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '', ...env, ...(armed === null ? {} : { TODOKU_FAILPOINTS: armed }) },
    });
    journal.write({ event: 'start', name, pid: child.pid ?? null, at: mono(), armed, log: logFile });
    child.stdout.pipe(this.#log, { end: false });
    child.stderr.pipe(this.#log, { end: false });
    child.stdout.on('data', (bytes: Buffer) => {
      const last = bytes
        .toString()
        .match(/"time":"[^"]+"/g)
        ?.at(-1);
      if (last !== undefined) this.lastLogTime = Date.parse(last.slice(8, -1));
    });
    child.stderr.on('data', (bytes: Buffer) => {
      for (const [, point, action] of bytes.toString().matchAll(/^failpoint (\w+): (\w+)/gm)) {
        if (action === 'stop') this.#parts.onFrozen(this);
        else this.#parts.onFailpoint(point ?? '');
      }
    });
    child.once('exit', (code, signal) => {
      journal.write({ event: 'exit', name, pid: child.pid ?? null, at: mono(), code, signal });
      if (this.#stopped) return;
      this.#quickEnds = code !== null && mono() - begun < quickMs ? this.#quickEnds + 1 : 0;
      if (code === refusedCode || this.#quickEnds >= mostQuickEnds) {
        this.#stopped = true;
        this.#parts.onHopeless(new Error(`${name} ends with code ${code} whenever it is started; see ${logFile}.`));
        return;
      }
      setTimeout(() => {
        if (!this.#stopped) this.#child = this.#spawn();
      }, restartAfterMs);
    });
    return child;
  }
}
