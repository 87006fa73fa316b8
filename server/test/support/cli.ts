import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { testKeys } from './spine.js';

export interface CliResult {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
  /** Standard output as JSON. */
  json<T = Record<string, unknown>>(): T;
}

interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The folder in which it is called. */
  readonly cwd?: string;
}

export interface TestCli {
  /** Runs `todoku` as a process of its own, as a person would. */
  run(args: readonly string[], options?: RunOptions): Promise<CliResult>;
  /** Starts what runs until it is told to stop. */
  start(args: readonly string[], env?: Readonly<Record<string, string>>, cwd?: string): ChildProcessWithoutNullStreams;
  close(): Promise<void>;
}

/** Inside the workspace, so that the built files find their packages; beside the other builds, so that paths relative to a file fit. */
const folder = fileURLToPath(new URL(`../../dist-failpoints/cli-${process.pid}/`, import.meta.url));

/** The program as it is built (split, so that each command loads only what it needs), on this database. Call once for a test file. */
export async function buildCli(databaseUrl: string): Promise<TestCli> {
  await build({
    entryPoints: [fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    define: { FAILPOINTS: 'false' },
    logLevel: 'error',
  });
  const start: TestCli['start'] = (args, env = {}, cwd = process.cwd()) =>
    spawn(process.execPath, [`${folder}main.mjs`, ...args], {
      cwd,
      // Nothing of the machine's own environment may change what is tested.
      env: { PATH: process.env.PATH, LANG: 'C', DATABASE_URL: databaseUrl, TODOKU_ENCRYPTION_KEYS: testKeys, ...env },
    });
  return {
    start,
    async run(args, { input = '', env = {}, cwd } = {}) {
      const child = start(args, env, cwd);
      // A command that reads nothing may end before it is written to.
      child.stdin.on('error', () => undefined);
      child.stdin.end(input);
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
      return { exitCode: await ended, out, err, json: <T>() => JSON.parse(out) as T };
    },
    close: () => rm(folder, { recursive: true }),
  };
}
