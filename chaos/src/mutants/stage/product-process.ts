import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';

export interface ProcessSetting {
  readonly name: string;
  /** The copy of the product that it runs from. */
  readonly product: string;
  /** Where its log goes. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Comes back without its failpoints when it dies, as a supervisor would have it. */
  readonly revives: boolean;
}

/**
 * One process of the product.
 *
 *   running ──dies──► (revives) running without failpoints
 *      └────stop────► stopped, for good
 */
export class ProductProcess {
  readonly #setting: ProcessSetting;
  #child: ChildProcess;
  #stopped = false;
  /** Ends of the process that nobody asked for. */
  deaths = 0;

  constructor(setting: ProcessSetting) {
    this.#setting = setting;
    this.#child = this.#spawn(setting.env);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await gone;
    clearTimeout(force);
  }

  #spawn(env: Readonly<Record<string, string>>): ChildProcess {
    const { product, folder, name } = this.#setting;
    const child = spawn(process.execPath, [join(product, 'server/dist-failpoints/cli/main.js'), 'serve'], {
      cwd: product,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, ...env },
    });
    const log = createWriteStream(join(folder, `${name}.log`), { flags: 'a' });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    child.once('exit', () => {
      if (this.#stopped) return;
      this.deaths++;
      if (!this.#setting.revives) return;
      const { TODOKU_FAILPOINTS: _, ...calm } = env;
      setTimeout(() => {
        if (!this.#stopped) this.#child = this.#spawn(calm);
      }, 300);
    });
    return child;
  }
}
