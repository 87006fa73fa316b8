/** What runs: Postgres and its standby, the simulator, a fault proxy before each server, two APIs, three workers. All on this machine, in one folder. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Simulator, startSimulator } from '@todoku/simulator';
import { fakeTimeLibrary, MovableClock, realClock } from './clock/fake-clock.js';
import { PostgresCluster } from './cluster/postgres-cluster.js';
import { eventually } from './eventually.js';
import { FailpointDeck } from './failpoint-deck.js';
import { FaultProxy } from './fault-proxy.js';
import { Journal } from './journal.js';
import { ProductProcess } from './product-process.js';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const main = join(repository, 'server/dist-failpoints/cli/main.js');
export const migrations = join(repository, 'supabase/migrations');

export const leaseSeconds = 8;
export const requestDeadlineMs = 1500;
/** What a process may take to start on a busy machine. */
export const startMs = 180_000;

export interface PlantSetting {
  /** Has the folders logs and records. */
  readonly folder: string;
  readonly seed: number;
  readonly workers: number;
  readonly apis: number;
  /** Where workers shall die; none: nowhere. */
  readonly failpoints: readonly string[];
  /** Of these, the ones that come before all others. */
  readonly first: readonly string[];
  readonly onFailpoint: (name: string) => void;
  readonly onFrozen: (process: ProductProcess) => void;
  /** A process of the product can't live: the run says nothing about anything else. */
  readonly onHopeless: (error: Error) => void;
  readonly stop: AbortSignal;
  readonly say: (what: string) => void;
}

export interface Plant {
  readonly folder: string;
  readonly records: string;
  readonly simulator: Simulator;
  readonly postgres: PostgresCluster;
  /** Clock of the last worker; null: libfaketime is not installed. */
  readonly workerClock: MovableClock | null;
  readonly proxies: { readonly api: FaultProxy; readonly postgres: FaultProxy; readonly provider: FaultProxy };
  readonly apis: readonly ProductProcess[];
  readonly workers: readonly ProductProcess[];
  /** Where the primary is, whichever that is, past all faults; as a superuser. */
  readonly databaseUrl: string;
  /** Files and folders of the product: logs, data. */
  readonly product: readonly string[];
  readonly secrets: [string, string][];
  readonly deck: FailpointDeck;
  /** Runs `todoku migrate` beside all else; its exit code. */
  migrate(): Promise<number>;
  stopProduct(): Promise<void>;
  close(): Promise<void>;
}

/** Whatever was begun is ended when the rest can't be. */
export async function openPlant(setting: PlantSetting): Promise<Plant> {
  const closers: Closer[] = [];
  try {
    return await open(setting, closers);
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

async function open({ folder, stop, ...setting }: PlantSetting, closers: Closer[]): Promise<Plant> {
  const records = join(folder, 'records');
  const journal = new Journal(join(records, 'supervisor.jsonl'));
  closers.push(() => journal.close());
  const postgres: PostgresCluster = await PostgresCluster.open({
    folder,
    freePort,
    say: setting.say,
    onMoved: () => {
      proxies.postgres.resetAll();
      straight.resetAll();
    },
  });
  closers.push(() => postgres.close());
  const straight = await FaultProxy.open(() => postgres.primary.port);
  const simulator = await startSimulator({ rate: null, ledgerFile: join(records, 'provider.jsonl') });
  closers.push(() => simulator.close());
  const apiPorts = await Promise.all(Array.from({ length: setting.apis }, freePort));
  let turn = 0;
  const proxies = {
    api: await FaultProxy.open(() => apiPorts[turn++ % apiPorts.length] ?? 0),
    postgres: await FaultProxy.open(() => postgres.primary.port),
    provider: await FaultProxy.open(() => simulator.port),
  };
  closers.push(() => {
    for (const proxy of [straight, ...Object.values(proxies)]) proxy.close();
  });
  const through = (proxy: FaultProxy): string => {
    const url = new URL(postgres.url);
    url.port = String(proxy.port);
    return url.href;
  };
  const secrets: [string, string][] = [
    ['encryption key', randomBytes(32).toString('base64')],
    ['index key', randomBytes(32).toString('base64')],
  ];
  const env = {
    HOME: folder,
    DATABASE_URL: through(proxies.postgres),
    ...realClock.env,
    EXPO_BASE_URL: `http://127.0.0.1:${proxies.provider.port}`,
    TODOKU_ENCRYPTION_KEYS: `1:${secrets[0]?.[1]},index:${secrets[1]?.[1]}`,
    TODOKU_LEASE_SECONDS: String(leaseSeconds),
    TODOKU_REQUEST_DEADLINE_MS: String(requestDeadlineMs),
    TODOKU_RECEIPT_DELAY_SECONDS: '1',
    TODOKU_RECEIPT_POLL_MS: '500',
    TODOKU_OUTBOX_POLL_MS: '200',
    TODOKU_QUEUE_POLL_MS: '200',
    TODOKU_SHUTDOWN_SECONDS: '10',
  };
  const deck = new FailpointDeck(setting.seed, setting.failpoints, setting.first);
  const workerClock = fakeTimeLibrary === null ? null : new MovableClock(fakeTimeLibrary, join(folder, 'worker-clock'));
  const processes: ProductProcess[] = [];
  const stopProduct = async (): Promise<void> => {
    await Promise.all(processes.map((one) => one.stop()));
  };
  closers.push(stopProduct);
  const start = (name: string, own: Readonly<Record<string, string>>, arm: () => string | null): ProductProcess => {
    const dataDir = join(folder, name);
    mkdirSync(dataDir);
    const logFile = join(folder, 'logs', `${name}.log`);
    const started = new ProductProcess({
      name,
      main,
      logFile,
      journal,
      arm,
      env: { ...env, TODOKU_INSTANCE: name, TODOKU_DATA_DIR: dataDir, LOG_LEVEL: 'debug', ...own },
      onFailpoint: setting.onFailpoint,
      onFrozen: setting.onFrozen,
      onHopeless: setting.onHopeless,
    });
    processes.push(started);
    return started;
  };

  const apis: ProductProcess[] = [];
  for (const [i, port] of apiPorts.entries()) {
    apis.push(start(`api-${i + 1}`, { TODOKU_ROLES: 'api', PORT: String(port) }, () => null));
    await eventually(`api-${i + 1} is ready`, async () => (await fetch(`http://127.0.0.1:${port}/ready`)).ok, {
      ms: startMs,
      stop,
    });
  }
  secrets.push(['admin key', readFileSync(join(folder, 'api-1', 'admin-key'), 'utf8').trim()]);
  const workers = Array.from({ length: setting.workers }, (_, i) =>
    start(
      `worker-${i + 1}`,
      // The last one's clock can be set.
      { TODOKU_ROLES: 'worker', ...(i === setting.workers - 1 ? workerClock?.env : {}) },
      // The first one dies at no failpoint, so that there is traffic.
      () => (i === 0 ? null : deck.next()),
    ),
  );
  return {
    folder,
    records,
    simulator,
    proxies,
    apis,
    workers,
    databaseUrl: through(straight),
    product: [join(folder, 'logs'), ...postgres.folders],
    postgres,
    workerClock,
    secrets,
    deck,
    stopProduct,
    migrate: () =>
      new Promise((resolve) => {
        const child = execFile(process.execPath, [main, 'migrate'], {
          env: { PATH: process.env['PATH'] ?? '', ...env, DATABASE_URL: through(straight), TODOKU_DATA_DIR: join(folder, 'api-1') },
        });
        child.once('exit', (code) => resolve(code ?? -1));
      }),
    close: () => closeAll(closers),
  };
}

type Closer = () => Promise<void> | void;

/** The last begun first; one that fails does not keep the others open. */
async function closeAll(closers: readonly Closer[]): Promise<void> {
  const failed: unknown[] = [];
  for (const close of [...closers].reverse()) {
    try {
      await close();
    } catch (error) {
      failed.push(error);
    }
  }
  if (failed.length > 0) throw new AggregateError(failed, 'Not everything could be ended.');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
