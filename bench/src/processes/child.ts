import { fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cpuSeconds } from './cpu.js';
import type { Answer } from './obey.js';

export interface ChildOptions {
  /** Module beside this folder, without its ending: `run-worker`. */
  readonly module: string;
  /** Another `bench/dist` to take the module from; default: this one. */
  readonly build?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments of node itself. */
  readonly nodeArguments?: readonly string[];
}

/** A process of its own that answers commands one after another (`obey.ts`). */
export interface Child {
  readonly pid: number;
  /** Seconds of processor time so far. */
  cpu(): number;
  /** Rejects when the child throws, ends, or is silent for `timeoutMs`. */
  ask<Result>(command: string, argument?: unknown, timeoutMs?: number): Promise<Result>;
  /** Ends it; resolves when it is gone. */
  stop(): Promise<void>;
}

const patienceMs = 60_000;
const stopMs = 10_000;

/** Resolves when the child says that it is ready. It ends with this process, however that ends. */
export async function startChild({ module, build, env = {}, nodeArguments = [] }: ChildOptions): Promise<Child> {
  const file = build === undefined ? fileURLToPath(new URL(`../${module}.js`, import.meta.url)) : join(build, `${module}.js`);
  const process_ = fork(file, {
    // The standard output is the table's alone.
    stdio: ['ignore', 2, 2, 'ipc'],
    env: { ...process.env, ...env },
    execArgv: [...nodeArguments],
    serialization: 'advanced',
  });
  const waiting: { resolve: (value: unknown) => void; reject: (error: Error) => void }[] = [];
  let ended = false;

  const expectAnswer = (what: string, timeoutMs: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${module} did not answer "${what}" within ${timeoutMs / 1000} s`)), timeoutMs);
      const settle =
        <Value>(then: (value: Value) => void) =>
        (value: Value) => {
          clearTimeout(timer);
          then(value);
        };
      waiting.push({ resolve: settle(resolve), reject: settle(reject) });
    });

  process_.on('message', (answer: Answer) => {
    const next = waiting.shift();
    if (answer.error === undefined) next?.resolve(answer.result);
    else next?.reject(new Error(`${module}: ${answer.error}`));
  });
  const gone = new Promise<void>((resolve) => {
    process_.once('exit', (code, signal) => {
      ended = true;
      for (const { reject } of waiting.splice(0)) reject(new Error(`${module} ended with ${signal ?? code}`));
      resolve();
    });
  });

  await expectAnswer('ready', patienceMs);
  const pid = process_.pid ?? 0;
  return {
    pid,
    cpu: () => cpuSeconds(pid),
    async ask<Result>(command: string, argument?: unknown, timeoutMs = patienceMs) {
      if (ended) throw new Error(`${module} has ended`);
      const answer = expectAnswer(command, timeoutMs);
      process_.send({ command, argument });
      return (await answer) as Result;
    },
    async stop() {
      if (ended) return;
      // Losing its parent is what a child ends at.
      process_.disconnect();
      const force = setTimeout(() => process_.kill('SIGKILL'), stopMs);
      await gone;
      clearTimeout(force);
    },
  };
}
