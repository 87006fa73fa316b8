import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { FailpointName } from '../../src/failpoints/failpoint.js';
import type { WorkerOptions } from '../../src/workers/worker.js';

const entry = fileURLToPath(new URL('../crash/crash-worker.ts', import.meta.url));
/** Inside the workspace, so that the bundle finds its packages. */
const bundle = fileURLToPath(new URL(`../../dist-failpoints/crash-worker-${process.pid}.mjs`, import.meta.url));

/** Bundles the worker with its failpoints once for a test file. */
export async function buildCrashWorker(): Promise<string> {
  await build({
    entryPoints: [entry],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    define: { FAILPOINTS: 'true' },
    logLevel: 'error',
  });
  return bundle;
}

export interface CrashProcess {
  readonly child: ChildProcess;
  /** How it ended: a signal's name, or an exit code. */
  readonly ended: Promise<string | number>;
}

interface CrashSetting {
  readonly bundle: string;
  readonly databaseUrl: string;
  readonly expoUrl: string;
  readonly keys: string;
  readonly options: WorkerOptions;
  readonly failpoints: Partial<Record<FailpointName, string>>;
}

/** Starts a worker process and resolves when it works. */
export async function startCrashProcess(setting: CrashSetting): Promise<CrashProcess> {
  const child = spawn(process.execPath, [setting.bundle], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      CRASH_DATABASE_URL: setting.databaseUrl,
      CRASH_EXPO_URL: setting.expoUrl,
      CRASH_KEYS: setting.keys,
      CRASH_OPTIONS: JSON.stringify(setting.options),
      TODOKU_FAILPOINTS: Object.entries(setting.failpoints)
        .map(([name, action]) => `${name}=${action}`)
        .join(','),
    },
  });
  const ended = once(child, 'exit').then(([code, signal]) => (signal as string | null) ?? (code as number));
  await Promise.race([once(child.stdout, 'data'), ended]);
  return { child, ended };
}
