import type { Bench } from '../bench.js';
import type { Child } from '../processes/child.js';

export interface WorkerOptions {
  /** Whether the provider's rate limit is kept; default false. */
  readonly rateLimit?: boolean;
  /** Folder for a CPU profile; null or absent: none. */
  readonly profile?: string | null;
  /** Another `bench/dist`, with its own server beside it. */
  readonly build?: string;
}

/** The product's worker in a process of its own: `ask('start')` sets it to work, `ask('stop')` lets it finish what it has begun. */
export async function startWorkerProcess(
  bench: Bench,
  url: string,
  { rateLimit = false, profile = null, build }: WorkerOptions = {},
): Promise<Child> {
  return await bench.processes.start({
    module: 'run-worker',
    ...(build === undefined ? {} : { build }),
    env: serverEnvironment(bench, url, { TODOKU_RATE_LIMIT: String(rateLimit), TODOKU_DELIVERY_SLOTS: '48' }),
    nodeArguments: profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
  });
}

/** What a process of the product needs to work beside this simulator. */
export function serverEnvironment({ postgres, simulator }: Bench, url: string, more: Record<string, string>): Record<string, string> {
  return {
    DATABASE_URL: url,
    TODOKU_DATA_DIR: postgres.folder,
    EXPO_BASE_URL: simulator.url,
    EXPO_ACCESS_TOKEN: '',
    LOG_LEVEL: 'error',
    TODOKU_INSTANCE: 'bench',
    ...more,
  };
}
