/** What runs: Postgres, the simulator, a fault proxy before each server, two APIs, three workers. All on this machine, all under one folder. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
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

export const leaseSeconds = 5;
export const requestDeadlineMs = 1500;

export interface PlantSetting {
  readonly seed: number;
  readonly workers: number;
  readonly apis: number;
  readonly failpoints: boolean;
  readonly onFailpoint: (name: string) => void;
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

export async function openPlant(setting: PlantSetting): Promise<Plant> {
  const folder = mkdtempSync(join(tmpdir(), 'todoku-chaos-'));
  chmodSync(folder, 0o711);
  for (const name of ['postgres', 'logs', 'records']) mkdirSync(join(folder, name), { mode: 0o711 });
  const records = join(folder, 'records');
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: silentLogger, throwAway: true });
  const simulator = await startSimulator({ rate: null, ledgerFile: join(records, 'provider.jsonl') });
  const apiPorts = await Promise.all(Array.from({ length: setting.apis }, freePort));
  let turn = 0;
  const proxies = {
    api: await FaultProxy.open(() => apiPorts[turn++ % apiPorts.length] ?? 0),
    postgres: await FaultProxy.open(() => Number(new URL(postgres.url).port)),
    provider: await FaultProxy.open(() => simulator.port),
  };
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
  const journal = new Journal(join(records, 'supervisor.jsonl'));
  const deck = new FailpointDeck(setting.seed);
  const processes: ProductProcess[] = [];
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
    });
    processes.push(started);
    return started;
  };

  const apis: ProductProcess[] = [];
  for (const [i, port] of apiPorts.entries()) {
    apis.push(start(`api-${i + 1}`, { TODOKU_ROLES: 'api', PORT: String(port) }, () => null));
    await eventually(`api-${i + 1} is ready`, async () => (await fetch(`http://127.0.0.1:${port}/ready`)).ok);
  }
  secrets.push(['admin key', readFileSync(join(folder, 'api-1', 'admin-key'), 'utf8').trim()]);
  const workers = Array.from({ length: setting.workers }, (_, i) =>
    start(`worker-${i + 1}`, { TODOKU_ROLES: 'worker' }, () => (setting.failpoints ? deck.next() : null)),
  );
  const stopProduct = async (): Promise<void> => {
    await Promise.all(processes.map((one) => one.stop()));
  };
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
    async close() {
      await stopProduct();
      for (const proxy of Object.values(proxies)) proxy.close();
      await simulator.close();
      await postgres.stop();
      journal.close();
    },
  };
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

export async function eventually(what: string, holds: () => Promise<boolean>, ms = 30_000): Promise<void> {
  const until = mono() + ms;
  while (mono() < until) {
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
