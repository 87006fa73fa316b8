/** A whole system for the pages: three workers and the API as processes, a simulator in Expo's place, and the operator's shell. */
import { type ChildProcess, execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { silentLogger } from '../../src/logging/logger.js';
import { AlertRound } from '../../src/monitoring/alerts/alert-round.js';
import { readActive } from '../../src/monitoring/alerts/read-alerts.js';
import { readFigures } from '../../src/monitoring/read-figures.js';
import { buildCli, type TestCli } from '../support/cli.js';
import { Spine, testKeys } from '../support/spine.js';
import type { Block, ManualLanguage } from './manual-page.js';
import { type CliAnswer, callCli, openShim } from './todoku-shim.js';

/** What the pages write where an operator puts her own. */
export const exampleUser = '11111111-1111-4111-8111-111111111111';
const exampleApi = 'http://127.0.0.1:4000';
const languages = { en: 'en_US.UTF-8', ja: 'ja_JP.UTF-8' } as const;

interface ServeProcess {
  readonly process: ChildProcess;
  readonly instance: string;
  readonly ended: Promise<unknown>;
}

export class ManualSystem {
  readonly spine: Spine;
  /** As `.todoku` and the log stand in the operator's folder. */
  readonly folder: string;
  /** Examples of the pages, and what stands for them here. */
  readonly examples = new Map<string, string>();
  readonly #cli: TestCli;
  readonly #shim: Server;
  readonly #round: AlertRound;
  readonly #serving: ServeProcess[] = [];

  private constructor(spine: Spine, folder: string, cli: TestCli, shim: Server) {
    this.spine = spine;
    this.folder = folder;
    this.#cli = cli;
    this.#shim = shim;
    this.#round = new AlertRound(
      { database: spine.database, readFigures, routes: [], log: silentLogger },
      { instance: 'manual', everyMs: 0, groupMs: 0, remindMs: null },
    );
  }

  static async open(): Promise<ManualSystem> {
    const folder = await mkdtemp(join(tmpdir(), 'todoku-manual-'));
    const spine = await Spine.start();
    const system = new ManualSystem(spine, folder, await buildCli(spine.url), await openShim(folder));
    await mkdir(join(folder, '.todoku'));
    system.examples.set('https://exp.host', spine.simulator.url);
    // The tests wait for rules to fire, not for a rule's patience.
    await spine.admin.query('update push.alert_rules set for_seconds = 0');
    await Promise.all([system.serve('app-1', 'api,worker'), system.serve('worker-2', 'worker'), system.serve('worker-3', 'worker')]);
    return system;
  }

  get #environment(): Record<string, string> {
    return {
      DATABASE_URL: this.spine.url,
      EXPO_BASE_URL: this.spine.simulator.url,
      TODOKU_ENCRYPTION_KEYS: testKeys,
      TODOKU_DATA_DIR: join(this.folder, '.todoku'),
      TODOKU_RECEIPT_DELAY_SECONDS: '0',
      TODOKU_RECEIPT_POLL_MS: '50',
      TODOKU_QUEUE_POLL_MS: '50',
      TODOKU_OUTBOX_POLL_MS: '50',
      TODOKU_REQUEST_DEADLINE_MS: '10000',
    };
  }

  /** Starts a process of the system and waits until it says that it runs. */
  async serve(instance: string, roles: string): Promise<void> {
    const env = { ...this.#environment, TODOKU_INSTANCE: instance, TODOKU_ROLES: roles, PORT: '0' };
    const process = this.#cli.start(['serve'], env, this.folder);
    const ended = new Promise((resolve) => process.once('exit', resolve));
    const log = createWriteStream(join(this.folder, 'todoku.log'), { flags: 'a' });
    process.stdout.pipe(log);
    process.stderr.pipe(log);
    this.#serving.push({ process, instance, ended });
    const greeting = await new Promise<string>((resolve, reject) => {
      let said = '';
      process.stdout.on('data', (part: Buffer) => {
        said += part.toString();
        if (said.includes('npx todoku ledger')) resolve(said);
      });
      process.once('exit', (code) => reject(new Error(`${instance} ended with ${code}: ${said}`)));
    });
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(greeting)?.[0];
    if (url !== undefined) this.examples.set(exampleApi, url);
  }

  /** Every process stands still, as on a machine that hangs; their heartbeats are old. */
  async freeze(): Promise<void> {
    for (const { process } of this.#serving) process.kill('SIGSTOP');
    await this.spine.admin.query("update push.workers set heartbeat_at = now() - interval '2 minutes'");
  }

  async thaw(): Promise<void> {
    for (const { process } of this.#serving) process.kill('SIGCONT');
    await this.spine.admin.query('update push.workers set heartbeat_at = now()');
  }

  /** Runs what stands in a page, as its reader would. */
  async run({ language, code }: Pick<Block, 'language' | 'code'>, reader: ManualLanguage): Promise<CliAnswer> {
    const env = { ...this.#environment, LANG: languages[reader] };
    let own = code;
    for (const [example, actual] of this.examples) own = own.replaceAll(example, actual);
    if (language === 'sql') return await callCli({ argv: ['sql', own], env, input: '' });
    if (language === 'sh') return await this.#shell(own, env);
    const file = join(this.folder, 'code.ts');
    await writeFile(file, own);
    return await callCli({ argv: ['repl', '--file', file, '--user', exampleUser], env, input: '' });
  }

  #shell(code: string, env: Record<string, string>): Promise<CliAnswer> {
    const all = { ...env, PATH: `${join(this.folder, 'bin')}:${process.env.PATH}`, HOME: this.folder };
    return new Promise((resolve) => {
      const child = execFile('bash', ['-c', code], { cwd: this.folder, env: all, timeout: 60_000 }, (error, out, err) => {
        const failed = error === null ? 0 : error.code;
        resolve({ exitCode: typeof failed === 'number' ? failed : 1, out, err });
      });
      child.stdin?.end();
    });
  }

  /** The rules that fire now. */
  async firing(): Promise<string[]> {
    await this.#round.turn();
    return (await readActive(this.spine.database)).filter(({ state }) => state === 'firing').map(({ rule }) => rule);
  }

  async fires(rule: string): Promise<void> {
    await vi.waitFor(async () => expect(await this.firing()).toContain(rule), { timeout: 60_000, interval: 100 });
  }

  /** Nothing fires but, perhaps, this rule. */
  async isQuiet(but?: string): Promise<void> {
    const others = async (): Promise<string[]> => (await this.firing()).filter((rule) => rule !== but);
    await vi.waitFor(async () => expect(await others()).toEqual([]), { timeout: 60_000, interval: 100 });
  }

  readLog(): Promise<string> {
    return readFile(join(this.folder, 'todoku.log'), 'utf8');
  }

  async close(): Promise<void> {
    for (const { process } of this.#serving) {
      process.kill('SIGCONT');
      process.kill('SIGTERM');
    }
    await Promise.all(this.#serving.map(({ ended }) => ended));
    await new Promise((resolve) => this.#shim.close(resolve));
    await this.#cli.close();
    await this.spine.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
