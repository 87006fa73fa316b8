/** A small system for one short run: Postgres, the simulator, one API and three workers of a copy of the product, and a pen for what is done to it. */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startEmbeddedPostgres } from '@todoku/server/database/embedded/launcher.js';
import { silentLogger } from '@todoku/server/logging/logger.js';
import { type Simulator, startSimulator } from '@todoku/simulator';
import { Client } from 'pg';
import type { Act, Stretch, Timeline } from '../../check/timeline.js';
import { ProductProcess } from './product-process.js';

export const leaseSeconds = 8;
export const requestDeadlineMs = 1500;

type Open<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer U)[] ? U[] : T[K] };

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** CLOCK_MONOTONIC, as the simulator's ledger has it, ms. */
export const mono = (): number => Number(process.hrtime.bigint()) / 1e6;

export class Stage {
  readonly folder: string;
  readonly timeline: Open<Timeline> = {
    submissions: [],
    devices: [],
    settings: [],
    switches: [],
    broadcasts: [],
    types: [],
    bad: [],
    failures: [],
  };
  /** While a process stood still. */
  readonly frozen: Stretch[] = [];
  readonly startedAt = new Date();
  readonly startedMono = mono();
  readonly wallMinusMono = Date.now() - mono();
  readonly simulator: Simulator;
  readonly databaseUrl: string;
  readonly secrets: [string, string][];
  readonly #product: string;
  readonly #port: number;
  readonly #stopDatabase: () => Promise<void>;
  readonly #processes: ProductProcess[] = [];
  #key = '';

  private constructor(parts: {
    folder: string;
    product: string;
    simulator: Simulator;
    databaseUrl: string;
    port: number;
    stopDatabase: () => Promise<void>;
  }) {
    this.folder = parts.folder;
    this.#product = parts.product;
    this.simulator = parts.simulator;
    this.databaseUrl = parts.databaseUrl;
    this.#port = parts.port;
    this.#stopDatabase = parts.stopDatabase;
    this.secrets = [
      ['encryption key', randomBytes(32).toString('base64')],
      ['index key', randomBytes(32).toString('base64')],
    ];
  }

  /** `product`: a copy of the repository, built with failpoints. */
  static async open(product: string): Promise<Stage> {
    const folder = mkdtempSync(join(tmpdir(), 'todoku-stage-'));
    chmodSync(folder, 0o711);
    for (const name of ['postgres', 'api', 'logs', 'records']) mkdirSync(join(folder, name), { mode: 0o711 });
    const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: silentLogger, throwAway: true });
    const simulator = await startSimulator({ rate: null, ledgerFile: join(folder, 'records', 'provider.jsonl') });
    const port = await freePort();
    return new Stage({ folder, product, simulator, databaseUrl: postgres.url, port, stopDatabase: () => postgres.stop() });
  }

  /** As they stood when the copy was made; the running ones may be broken on purpose. */
  get migrations(): string {
    return join(this.#product, 'pristine-migrations');
  }

  /** Where the checker finds what it reads. */
  get records(): string {
    return join(this.folder, 'records');
  }

  /** The API first: it migrates. */
  async startApi(): Promise<void> {
    this.#start('api', { TODOKU_ROLES: 'api', PORT: String(this.#port), TODOKU_DATA_DIR: join(this.folder, 'api') }, '');
    await eventually('the API is ready', 30_000, async () => (await fetch(`${this.#base}/ready`)).ok);
    this.#key = readFileSync(join(this.folder, 'api', 'admin-key'), 'utf8').trim();
    this.secrets.push(['admin key', this.#key]);
  }

  startWorker(name: string, failpoints: string): ProductProcess {
    const dataDir = join(this.folder, name);
    mkdirSync(dataDir);
    return this.#start(name, { TODOKU_ROLES: 'worker', TODOKU_DATA_DIR: dataDir }, failpoints);
  }

  #start(name: string, env: Readonly<Record<string, string>>, failpoints: string): ProductProcess {
    const [[, encryption], [, index]] = this.secrets as [[string, string], [string, string]];
    const started = new ProductProcess({
      name,
      product: this.#product,
      folder: join(this.folder, 'logs'),
      revives: true,
      env: {
        DATABASE_URL: this.databaseUrl,
        EXPO_BASE_URL: this.simulator.url,
        TODOKU_ENCRYPTION_KEYS: `1:${encryption},index:${index}`,
        TODOKU_INSTANCE: name,
        TODOKU_LEASE_SECONDS: String(leaseSeconds),
        TODOKU_REQUEST_DEADLINE_MS: String(requestDeadlineMs),
        TODOKU_RECEIPT_DELAY_SECONDS: '1',
        TODOKU_RECEIPT_POLL_MS: '500',
        TODOKU_OUTBOX_POLL_MS: '200',
        TODOKU_QUEUE_POLL_MS: '200',
        TODOKU_SHUTDOWN_SECONDS: '10',
        LOG_LEVEL: 'debug',
        ...env,
        ...(failpoints === '' ? {} : { TODOKU_FAILPOINTS: failpoints }),
      },
    });
    this.#processes.push(started);
    return started;
  }

  /** Processes that died of themselves or of a failpoint. */
  get deaths(): number {
    return this.#processes.reduce((sum, { deaths }) => sum + deaths, 0);
  }

  /** One statement on a connection of its own: the server may have been restarted since the last. */
  async query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const client = await connect(this.databaseUrl);
    try {
      return (await client.query(text, [...values])).rows as Row[];
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** Calls the API with the admin key. A refused or lost connection throws. */
  async call(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const response = await fetch(`${this.#base}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#key}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    const text = await response.text();
    if (response.status >= 500) this.timeline.failures.push({ at: mono(), what: `${method} ${path}`, status: response.status });
    return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
  }

  /** Does something and says from when to when, and whether it was done. */
  async act<T>(work: () => Promise<T>, isDone: (result: T) => boolean): Promise<{ readonly act: Act; readonly result: T | null }> {
    const from = mono();
    try {
      const result = await work();
      return { act: { from, to: mono(), answered: isDone(result) ? 'done' : 'refused' }, result };
    } catch {
      return { act: { from, to: Number.POSITIVE_INFINITY, answered: 'unknown' }, result: null };
    }
  }

  /** Resolves with the time when nothing was in flight any more; null when that took longer than `ms`. */
  async idle(ms: number): Promise<number | null> {
    const until = mono() + ms;
    while (mono() < until) {
      const [row] = await this.query<{ left: string }>(
        /* sql */ `
        select (select count(*) from push.outbox) + (select count(*) from push.receipt_batches)
          + (select count(*) from push.chunks where due_at < clock_timestamp() + interval '5 minutes')
          + (select count(*) from push.held where release_at < clock_timestamp() + interval '5 minutes')
          + (select count(*) from push.broadcasts where state = 'running') as left`,
      );
      if (row?.left === '0') return mono();
      await delay(200);
    }
    return null;
  }

  /** Ends the processes; records, logs and the database stay to be judged. */
  async stopProduct(): Promise<void> {
    await Promise.all(this.#processes.map((one) => one.stop()));
  }

  async close(): Promise<void> {
    await this.stopProduct();
    await this.simulator.close();
    await this.#stopDatabase();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get #base(): string {
    return `http://127.0.0.1:${this.#port}`;
  }
}

/** A connection whose loss is told by its next statement alone. */
export async function connect(databaseUrl: string): Promise<Client> {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function eventually(what: string, ms: number, holds: () => Promise<boolean>): Promise<void> {
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
  if (address === null || typeof address === 'string') throw new Error('No port is free.');
  return address.port;
}
