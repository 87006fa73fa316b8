/** What runs: Postgres, the simulator, a fault proxy before each server, two APIs, three workers. All on this machine, all under one folder. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '@todoku/server/database/embedded/launcher.js';
import { silentLogger } from '@todoku/server/logging/logger.js';
import { type Simulator, startSimulator } from '@todoku/simulator';
import { Client } from 'pg';
import { FailpointDeck } from './failpoint-deck.js';
import { FaultProxy } from './fault-proxy.js';
import { Journal, mono } from './journal.js';
import { ProductProcess } from './product-process.js';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const main = join(repository, 'server/dist-failpoints/cli/main.js');
export const migrations = join(repository, 'supabase/migrations');

export const leaseSeconds = 8;
export const requestDeadlineMs = 1500;

export interface PlantSetting {
  /** Has the folders postgres, logs and records. */
  readonly folder: string;
  readonly seed: number;
  readonly workers: number;
  readonly apis: number;
  readonly failpoints: boolean;
  readonly onFailpoint: (name: string) => void;
  /** A process of the product can't live: the run says nothing about anything else. */
  readonly onHopeless: (error: Error) => void;
  readonly stop: AbortSignal;
}

export interface Plant {
  readonly folder: string;
  readonly records: string;
  readonly simulator: Simulator;
  readonly proxies: { readonly api: FaultProxy; readonly postgres: FaultProxy; readonly provider: FaultProxy };
  readonly apis: readonly ProductProcess[];
  readonly workers: readonly ProductProcess[];
  /** Past the proxy, as a superuser. */
  readonly databaseUrl: string;
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
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: silentLogger, throwAway: true });
  closers.push(() => postgres.stop());
  const simulator = await startSimulator({ rate: null, ledgerFile: join(records, 'provider.jsonl') });
  closers.push(() => simulator.close());
  const apiPorts = await Promise.all(Array.from({ length: setting.apis }, freePort));
  let turn = 0;
  const proxies = {
    api: await FaultProxy.open(() => apiPorts[turn++ % apiPorts.length] ?? 0),
    postgres: await FaultProxy.open(() => Number(new URL(postgres.url).port)),
    provider: await FaultProxy.open(() => simulator.port),
  };
  closers.push(() => {
    for (const proxy of Object.values(proxies)) proxy.close();
  });
  const throughProxy = new URL(postgres.url);
  throughProxy.port = String(proxies.postgres.port);
  const secrets: [string, string][] = [
    ['encryption key', randomBytes(32).toString('base64')],
    ['index key', randomBytes(32).toString('base64')],
  ];
  const env = {
    HOME: folder,
    DATABASE_URL: throughProxy.href,
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
  const deck = new FailpointDeck(setting.seed);
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
      onHopeless: setting.onHopeless,
    });
    processes.push(started);
    return started;
  };

  const apis: ProductProcess[] = [];
  for (const [i, port] of apiPorts.entries()) {
    apis.push(start(`api-${i + 1}`, { TODOKU_ROLES: 'api', PORT: String(port) }, () => null));
    await eventually(`api-${i + 1} is ready`, async () => (await fetch(`http://127.0.0.1:${port}/ready`)).ok, { stop });
  }
  secrets.push(['admin key', readFileSync(join(folder, 'api-1', 'admin-key'), 'utf8').trim()]);
  const workers = Array.from({ length: setting.workers }, (_, i) =>
    start(`worker-${i + 1}`, { TODOKU_ROLES: 'worker' }, () => (setting.failpoints ? deck.next() : null)),
  );
  return {
    folder,
    records,
    simulator,
    proxies,
    apis,
    workers,
    databaseUrl: postgres.url,
    secrets,
    deck,
    stopProduct,
    migrate: () =>
      new Promise((resolve) => {
        const child = execFile(process.execPath, [main, 'migrate'], {
          env: { PATH: process.env['PATH'] ?? '', ...env, DATABASE_URL: postgres.url, TODOKU_DATA_DIR: join(folder, 'api-1') },
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

/** One statement on a connection of its own. */
export async function query<Row extends object>(url: string, text: string, values: readonly unknown[] = []): Promise<Row[]> {
  const client = await connect(url);
  try {
    return (await client.query(text, [...values])).rows as Row[];
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A lost connection is told by the next statement; one that answers nothing within `ms` fails too. */
export async function connect(url: string, ms = 5000): Promise<Client> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: ms, query_timeout: ms });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

export async function eventually(
  what: string,
  holds: () => Promise<boolean>,
  { ms = 30_000, stop }: { readonly ms?: number; readonly stop?: AbortSignal } = {},
): Promise<void> {
  const until = mono() + ms;
  while (mono() < until) {
    stop?.throwIfAborted();
    if (await holds().catch(() => false)) return;
    await delay(100);
  }
  throw new Error(`It never came about that ${what}.`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
