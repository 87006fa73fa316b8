import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type FakeClock, realClock } from '../clock/fake-clock.js';
import { eventually } from '../eventually.js';
import { mono } from '../journal.js';
import { findInstallation } from './installation.js';
import { PostgresNode } from './postgres-node.js';
import { query } from './sql.js';

const database = 'todoku';
const watchMs = 200;

export interface ClusterParts {
  /** Exists, and may be entered by whoever Postgres runs as. */
  readonly folder: string;
  readonly freePort: () => Promise<number>;
  /** Connections to the server that was the primary are worth nothing any more. */
  readonly onMoved: () => void;
  readonly say: (what: string) => void;
}

/**
 * A primary, and a standby that has every commit before it is acknowledged. Whichever of the two ends by itself is started again.
 *
 *   copying ──streams──► synchronous ──failover──► copying (the roles have changed)
 *
 * While the standby is being copied the primary is alone and does not wait for it; there is no failover then.
 */
export class PostgresCluster {
  readonly canFailOver: boolean;
  readonly folders: readonly string[];
  readonly #parts: ClusterParts;
  readonly #watch: NodeJS.Timeout;
  #primary: PostgresNode;
  #standby: PostgresNode;
  #clock: FakeClock = realClock;
  #copying: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(parts: ClusterParts, nodes: readonly [PostgresNode, PostgresNode], folders: readonly string[], canFailOver: boolean) {
    this.#parts = parts;
    [this.#primary, this.#standby] = nodes;
    this.folders = folders;
    this.canFailOver = canFailOver;
    this.#watch = setInterval(() => {
      for (const node of [this.#primary, this.#standby]) if (node.shallRun && !node.isRunning) node.start();
    }, watchMs);
  }

  static async open(parts: ClusterParts): Promise<PostgresCluster> {
    const installation = findInstallation(parts.folder);
    const password = randomBytes(16).toString('hex');
    const folders = ['postgres-a', 'postgres-b'].map((name) => join(parts.folder, name));
    let cluster: PostgresCluster | undefined;
    const [first, second] = folders as [string, string];
    const node = async (folder: string): Promise<PostgresNode> => {
      const made: PostgresNode = new PostgresNode({
        folder,
        port: await parts.freePort(),
        password,
        installation,
        env: () => (cluster?.primary === made ? cluster.#clock.env : realClock.env),
      });
      return made;
    };
    cluster = new PostgresCluster(parts, [await node(first), await node(second)], folders, installation.baseBackup !== null);
    try {
      cluster.#primary.create();
      cluster.#primary.start();
      await cluster.#answers();
      await query(cluster.#primary.url('postgres'), `create database ${database}`);
      if (cluster.canFailOver) await cluster.#follow();
      return cluster;
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  get primary(): PostgresNode {
    return this.#primary;
  }

  /** Where the primary is now, as a superuser. */
  get url(): string {
    return this.#primary.url(database);
  }

  /** Ended at once, as by a power switch, and started again where it was. */
  async restart(clock: FakeClock = realClock): Promise<number> {
    this.#clock = clock;
    const before = this.#primary.pid;
    await this.#primary.stopAtOnce();
    await eventually('Postgres runs again', () => Promise.resolve(this.#primary.isRunning), { everyMs: 20 });
    await this.#answers();
    return before;
  }

  /** Ms from the primary's end until its standby had taken over; null: there was no synchronous standby to take over. */
  async failOver(): Promise<number | null> {
    if (!this.canFailOver) return null;
    await Promise.race([this.#copying, delay(20_000)]);
    const isSynchronous = (await this.#standbyState()) === 'sync';
    if (!isSynchronous) return null;
    const [old, next] = [this.#primary, this.#standby];
    old.shallRun = false;
    const from = mono();
    await old.cut();
    [this.#primary, this.#standby] = [next, old];
    this.#parts.onMoved();
    await eventually('the standby took over', async () => {
      const [row] = await query<{ done: boolean }>(next.url('postgres'), 'select pg_is_in_recovery() and pg_promote(true, 10) as done');
      return row?.done === true;
    });
    const took = mono() - from;
    this.#copying = this.#follow();
    return took;
  }

  /** Nothing is copied and the primary answers. */
  async settle(): Promise<void> {
    await this.#copying;
    await this.#answers();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#watch);
    for (const node of [this.#standby, this.#primary]) {
      node.shallRun = false;
      node.disk?.free();
      await node.stopAtOnce();
    }
    await this.#copying.catch(() => undefined);
    for (const node of [this.#standby, this.#primary]) {
      await node.stopAtOnce();
      if (existsSync(join(node.folder, 'data/log'))) node.keepLogs(join(this.#parts.folder, 'logs', basename(node.folder)));
      node.disk?.unmount();
    }
  }

  async #answers(): Promise<void> {
    await eventually('Postgres answers', async () => (await query(this.#primary.url('postgres'), 'select 1')).length === 1, {
      everyMs: 50,
    });
  }

  /** Makes the other node a standby, however often it takes, and then a synchronous one. */
  async #follow(): Promise<void> {
    while (!this.#closed) {
      const [primary, standby] = [this.#primary, this.#standby];
      try {
        standby.shallRun = false;
        await standby.cut();
        await standby.copy(primary);
        if (this.#closed) return;
        standby.start();
        await eventually('the standby follows', async () => (await this.#standbyState()) !== null);
        await this.#waitForStandby(primary);
        await eventually('the standby is synchronous', async () => (await this.#standbyState()) === 'sync');
        return;
      } catch (error) {
        if (this.#closed) return;
        this.#parts.say(`the standby could not be made, trying again: ${String(error)}`);
        await delay(500);
      }
    }
  }

  async #waitForStandby(primary: PostgresNode): Promise<void> {
    await query(primary.url('postgres'), `alter system set synchronous_standby_names = '*'`);
    await query(primary.url('postgres'), 'select pg_reload_conf()');
  }

  async #standbyState(): Promise<string | null> {
    const sql = `select sync_state from pg_stat_replication where state = 'streaming' limit 1`;
    const rows = await query<{ sync_state: string }>(this.#primary.url('postgres'), sql).catch(() => []);
    return rows[0]?.sync_state ?? null;
  }
}
