import { randomUUID } from 'node:crypto';
import { type Simulator, type SimulatorOptions, startSimulator } from '@todoku/simulator';
import { expect, vi } from 'vitest';
import { systemClock } from '../../src/clock/clock.js';
import { connectDatabase } from '../../src/database/connect-database.js';
import type { Database } from '../../src/database/database.js';
import type { TokenQuarantine } from '../../src/delivery/token-quarantine.js';
import { type Logger, silentLogger } from '../../src/logging/logger.js';
import { type DeliveryMetrics, noDeliveryMetrics } from '../../src/monitoring/delivery-metrics.js';
import { fixedTuning, type TuningSource } from '../../src/performance/live-tuning.js';
import type { TuningDefaults } from '../../src/performance/tuning-values.js';
import { createExpoProvider } from '../../src/providers/expo/expo-provider.js';
import type { Provider } from '../../src/providers/provider.js';
import { parseKeys } from '../../src/security/key-text.js';
import type { Keyring } from '../../src/security/keyring.js';
import { LocalKeyring } from '../../src/security/local-keyring.js';
import type { WorkTraces } from '../../src/tracing/open-tracing.js';
import { hotPathSettings } from '../../src/workers/hot-path-settings.js';
import { type Duty, Worker, type WorkerOptions } from '../../src/workers/worker.js';
import { type TestDatabase, testDatabase } from './database.js';
import { statementsFail } from './faults/added-errors.js';
import { parseFaults } from './faults/fault-draw.js';
import { faultyDatabase } from './faults/faulty-database.js';

/** A user with devices, as the tests make them. */
export interface TestUser {
  readonly id: string;
  readonly tokens: string[];
  readonly tokenIds: string[];
}

interface Device {
  readonly id: string;
  readonly token: string;
}

export interface StoredDelivery {
  readonly delivery_id: number;
  readonly state: string;
  readonly code: string | null;
  readonly token_id: string;
  readonly ticket_id: string | null;
}

export const testKeys = `1:${Buffer.alloc(32, 1).toString('base64')},index:${Buffer.alloc(32, 2).toString('base64')}`;

function testKeyring(): Keyring {
  const parsed = parseKeys(testKeys);
  if (!parsed.ok) throw new Error(parsed.problem);
  return new LocalKeyring(parsed.keys);
}

/** How long to wait for what takes `ms` at most when no connection breaks. */
function patience(ms: number): number {
  return statementsFail() ? 4 * ms : ms;
}

/** A worker's options, and the tuning that stays as it is. */
export type SpineWorkerOptions = WorkerOptions & TuningDefaults;

export const quickWorker: SpineWorkerOptions = {
  id: 'test',
  planningBatch: 2000,
  chunkSize: 100,
  slots: 8,
  leaseSeconds: 30,
  requestDeadlineMs: 2000,
  receiptDelaySeconds: 0,
  outboxPollMs: 20,
  queuePollMs: 20,
  receiptPollMs: 20,
  sending: true,
  keepsBudgets: true,
};

/** Where claims get lost, as they do under faults: what was leased to nobody comes back while a test waits. */
const shortLeaseSeconds = 8;

interface SpineOptions {
  readonly simulator?: SimulatorOptions;
  readonly worker?: Partial<SpineWorkerOptions>;
  /** What the workers follow; what their options say when absent. */
  readonly tuning?: (database: Database) => TuningSource;
  readonly quarantine?: (database: Database) => TokenQuarantine;
  readonly log?: Logger;
  /** What its workers do besides. */
  readonly duties?: (database: Database) => readonly Duty[];
  readonly onPlanned?: (users: Iterable<string>) => void;
  /** Who counts the requests of the workers; nobody when absent. */
  readonly delivery?: (database: Database) => DeliveryMetrics;
  readonly traces?: (database: Database) => WorkTraces | undefined;
  /** Where, when not in a database of the run's server. */
  readonly on?: TestDatabase;
}

/** Database, simulator and what it takes to run workers: the spine without HTTP. */
export class Spine {
  readonly keyring = testKeyring();
  planningTime: Date | null = null;
  /** Of the workers' connections; those of the tests are sound. */
  readonly #faults = parseFaults(process.env.TEST_DATABASE_FAULTS);
  readonly #workers: { stop(): Promise<void> }[] = [];
  #devices = 0;

  readonly database: Database;
  readonly admin: Database;
  readonly url: string;
  readonly simulator: Simulator;
  readonly #options: SpineOptions;
  readonly #closeDatabase: () => Promise<void>;

  private constructor(parts: Awaited<ReturnType<typeof testDatabase>>, simulator: Simulator, options: SpineOptions) {
    this.database = parts.database;
    this.admin = parts.admin;
    this.url = parts.url;
    this.simulator = simulator;
    this.#options = options;
    this.#closeDatabase = parts.close;
  }

  static async start(options: SpineOptions = {}): Promise<Spine> {
    const simulator = await startSimulator({ rate: null, ledger: 'full', ...options.simulator });
    const spine = new Spine(options.on ?? (await testDatabase()), simulator, options);
    await spine.admin.query('update push.projects set rate_budget = null');
    return spine;
  }

  /** A user with active devices whose tokens are live at the simulator. */
  async user(devices = 1, userId: string = randomUUID()): Promise<TestUser> {
    const made = Array.from({ length: devices }, () => this.#newDevice());
    await this.#store(made.map((device) => ({ ...device, userId })));
    return { id: userId, tokens: made.map(({ token }) => token), tokenIds: made.map(({ id }) => id) };
  }

  /** Users with a device each. */
  async users(count: number): Promise<TestUser[]> {
    const users = Array.from({ length: count }, () => ({ id: randomUUID(), device: this.#newDevice() }));
    await this.#store(users.map(({ id, device }) => ({ ...device, userId: id })));
    return users.map(({ id, device }) => ({ id, tokens: [device.token], tokenIds: [device.id] }));
  }

  #newDevice(): Device {
    return { id: randomUUID(), token: `ExponentPushToken[device-${++this.#devices}]` };
  }

  async #store(devices: readonly (Device & { readonly userId: string })[]): Promise<void> {
    const rows = devices.map(({ id, token, userId }) => ({
      ...{ id, user_id: userId, platform: 'ios', key_id: 1 },
      token_ciphertext: `\\x${this.keyring.encrypt(token, id).toString('hex')}`,
      token_hash: `\\x${this.keyring.hash(token).toString('hex')}`,
    }));
    await this.admin.query(
      `insert into push_tokens (id, user_id, platform, token_ciphertext, token_hash, key_id)
       select id, user_id, platform, token_ciphertext, token_hash, key_id from jsonb_populate_recordset(null::push_tokens, $1)`,
      [JSON.stringify(rows)],
    );
  }

  /** Inserts a row as an app would. Returns its id. */
  async notify(userId: string, columns: Record<string, unknown> = {}): Promise<string> {
    const row = { user_id: userId, type: 'reminder', title: `Title ${randomUUID()}`, message: 'Message', ...columns };
    const names = Object.keys(row);
    const [made] = await this.admin.query<{ id: string }>(
      `insert into notifications (${names.join(', ')}) values (${names.map((_, i) => `$${i + 1}`).join(', ')}) returning id`,
      Object.values(row),
    );
    return made?.id ?? '';
  }

  /** Plans by this time. A batch of its one worker that began by another is over when this resolves. */
  async planAt(time: Date): Promise<void> {
    this.planningTime = time;
    const last = await this.notify(randomUUID());
    await vi.waitFor(async () => expect(await this.decisions(last)).toHaveLength(1), { timeout: patience(15_000) });
  }

  /** Starts a worker; it is stopped with the spine. */
  async worker(options: Partial<SpineWorkerOptions> = {}, provider = this.provider()): Promise<Worker> {
    const faults = this.#faults;
    const all = { ...quickWorker, ...this.#options.worker, ...options, ...(faults === null ? {} : { leaseSeconds: shortLeaseSeconds }) };
    const connect = (maxConnections: number): Database => {
      const sound = connectDatabase({
        url: this.url,
        role: 'todoku_worker',
        maxConnections,
        applicationName: 'test worker',
        settings: hotPathSettings,
        log: silentLogger,
      });
      return this.asProduct(sound);
    };
    const database = connect(12);
    const criticalDatabase = connect(3);
    const worker = new Worker(
      {
        database,
        criticalDatabase,
        clock: systemClock,
        random: Math.random,
        keyring: this.keyring,
        providers: new Map([['expo', provider]]),
        quarantine: this.#options.quarantine?.(database) ?? { lose: async () => undefined },
        log: this.#options.log ?? silentLogger,
        metrics: this.#options.delivery?.(database) ?? noDeliveryMetrics,
        tuning: this.#options.tuning?.(database) ?? fixedTuning(all),
        planningTime: () => this.planningTime,
        onPlanned: this.#options.onPlanned ?? (() => undefined),
        traces: this.#options.traces?.(database),
        duties: this.#options.duties?.(database) ?? [],
      },
      all,
    );
    let stopped: Promise<void> | null = null;
    const stop = (): Promise<void> => {
      stopped ??= worker.stop().then(async () => {
        await provider.close();
        await criticalDatabase.close();
        await database.close();
      });
      return stopped;
    };
    this.#workers.push({ stop });
    await worker.start();
    return worker;
  }

  async stopWorkers(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map((worker) => worker.stop()));
  }

  /** As the product has a database: under faults, one whose statements fail. */
  asProduct(sound: Database): Database {
    return this.#faults === null ? sound : faultyDatabase(sound, this.#faults);
  }

  provider(baseUrl = this.simulator.url): Provider {
    return createExpoProvider({ baseUrl, accessToken: null, connections: 8, clock: systemClock, log: this.#options.log ?? silentLogger });
  }

  /** The recorded steps of a notification's deliveries, oldest first. */
  async deliveries(notificationId: string): Promise<StoredDelivery[]> {
    return await this.admin.query<StoredDelivery & object>(
      `select d.delivery_id, s.name as state, d.code, d.token_id, d.ticket_id from push.deliveries d
       join push.delivery_states s on s.code = d.state where d.notification_id = $1 order by d.at, d.state`,
      [notificationId],
    );
  }

  async decisions(
    notificationId: string,
  ): Promise<{ verdict: number; reason: string | null; deliveries: number; hold_until: Date | null }[]> {
    return await this.admin.query(
      'select verdict, reason, deliveries, hold_until from push.decisions where notification_id = $1 order by decided_at',
      [notificationId],
    );
  }

  /** Resolves when the last recorded state of every delivery of a notification is `state`. */
  async reaches(notificationId: string, state: string, timeout = patience(15_000)): Promise<StoredDelivery[]> {
    return await vi.waitFor(
      async () => {
        const steps = await this.deliveries(notificationId);
        const last = [...new Map(steps.map((step) => [step.delivery_id, step])).values()];
        expect(last.map((step) => step.state)).toEqual(last.map(() => state));
        expect(last.length).toBeGreaterThan(0);
        return last;
      },
      { timeout, interval: 20 },
    );
  }

  /** Resolves when nothing is in flight any more. Receipts that could not be fetched are asked for again after up to a minute. */
  async settles(timeout = patience(100_000)): Promise<void> {
    await vi.waitFor(
      async () => {
        const [row] = await this.admin.query(
          `select (select count(*) from push.outbox)::int as outbox, (select count(*) from push.chunks)::int as chunks,
             (select count(*) from push.receipt_batches)::int as receipts`,
        );
        expect(row).toEqual({ outbox: 0, chunks: 0, receipts: 0 });
      },
      { timeout, interval: 50 },
    );
  }

  /** The ledger's items with what they add up to; zero items left out. */
  async ledger(): Promise<Record<string, number>> {
    const rows = await this.admin.query<{ item: string; n: number }>(
      `select item, sum(n)::int as n from (select item, n from push.ledger_entries union all select item, n from push.ledger_totals) e
       group by item having sum(n) <> 0 order by item`,
    );
    return Object.fromEntries(rows.map((row) => [row.item, row.n]));
  }

  /**
   * How many deliveries were counted as sent again because nobody heard of their claim, since the beginning. 0 where statements do not fail: there
   * a lease that runs out is a fault.
   */
  async resentOfLostClaims(): Promise<number> {
    if (this.#faults === null) return 0;
    const [row] = await this.admin.query<{ n: number }>(
      `select count(*)::int as n from push.deliveries where state = 1 and code = 'LEASE_EXPIRED'`,
    );
    return row?.n ?? 0;
  }

  async close(): Promise<void> {
    await this.stopWorkers();
    await this.simulator.close();
    await this.#closeDatabase();
  }
}
