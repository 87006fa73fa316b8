import { readFileSync } from 'node:fs';
import { expect, vi } from 'vitest';
import type { Database } from '../../src/database/database.js';
import { silentLogger } from '../../src/logging/logger.js';
import { AlertManager } from '../../src/monitoring/alerts/alert-manager.js';
import { AlertRound } from '../../src/monitoring/alerts/alert-round.js';
import type { ActiveAlert } from '../../src/monitoring/alerts/alert-types.js';
import type { NoticeAlert, NoticeContent } from '../../src/monitoring/alerts/notice-types.js';
import type { RouteEntry } from '../../src/monitoring/alerts/route-directory.js';
import { RuleBook } from '../../src/monitoring/alerts/rule-book.js';
import type { RuleChanges } from '../../src/monitoring/alerts/rule-input.js';
import { readFigures } from '../../src/monitoring/read-figures.js';
import { statementsFail } from './faults/added-errors.js';

const by = { actor: 'cli:tester', reason: 'a test' };
const pages = ['en', 'ja'].map((language) => readFileSync(new URL(`../../../docs/manual/${language}/alerts.md`, import.meta.url), 'utf8'));
const patience = { timeout: statementsFail() ? 120_000 : 60_000, interval: 50 };

/**
 * The alerts of a running system: real figures against the rules as they are in force. Only the time between two looks is not real, so that what
 * has to last for minutes is over at the second look.
 */
export class AlertScene {
  readonly #database: Database;
  readonly #alerts: AlertManager;
  readonly #rules: RuleBook;
  readonly #round: AlertRound;
  #aheadMs = 0;

  constructor(database: Database, otherRoutes: readonly RouteEntry[] = []) {
    this.#database = database;
    this.#alerts = new AlertManager(database);
    this.#rules = new RuleBook(database);
    const routes = [{ route: 'log', minSeverity: 'info', target: 'the log' } as const, ...otherRoutes];
    const read = async (tx: Parameters<typeof readFigures>[0]) => {
      const { at, figures } = await readFigures(tx);
      return { at: new Date(at.getTime() + this.#aheadMs), figures };
    };
    this.#round = new AlertRound(
      { database, readFigures: read, routes, log: silentLogger },
      { instance: 'test', everyMs: 0, groupMs: 0, remindMs: null },
    );
  }

  /** Rules are data: a threshold that would take minutes to reach is brought near. */
  async setRule(name: string, changes: RuleChanges): Promise<void> {
    await this.#rules.change(name, changes, by);
  }

  /** Resolves when the rule fires for this subject, and says how, after having seen that it was told with its command and its page. */
  async fires(rule: string, subject = ''): Promise<ActiveAlert> {
    const alert = await vi.waitFor(async () => {
      const found = await this.#look(rule, subject);
      expect(found, rule).toMatchObject({ state: 'firing' });
      return found as ActiveAlert;
    }, patience);
    const { command, runbook } = await this.#rule(rule);
    for (const page of pages) expect(page).toContain(`\n## ${rule}\n`);
    expect(alert).toMatchObject({ command, runbook: `alerts.md#${rule}` });
    expect(await this.#told(rule, subject)).toMatchObject({ change: 'firing', command, runbook });
    return alert;
  }

  /** Resolves when it is over because its figure is well again, and that was told. `meanwhile`: what goes on before each look. */
  async ends(rule: string, subject = '', meanwhile: () => Promise<void> = async () => undefined): Promise<void> {
    await vi.waitFor(async () => {
      await meanwhile();
      await this.#look(rule, subject);
      const [latest] = (await this.#alerts.history({ rule })).filter((one) => one.subject === subject);
      expect(latest, rule).toMatchObject({ resolvedWhy: 'cleared' });
    }, patience);
    expect(await this.#told(rule, subject)).toMatchObject({ change: 'resolved' });
  }

  /** One round, as much later as the rule wants its figure to last. */
  async #look(rule: string, subject: string): Promise<ActiveAlert | undefined> {
    const { forSeconds } = await this.#rule(rule);
    this.#aheadMs += (forSeconds + 1) * 1_000;
    expect(await this.#round.turn()).toBe(true);
    return (await this.#alerts.active()).find((one) => one.rule === rule && one.subject === subject);
  }

  async #rule(name: string) {
    const rule = (await this.#rules.list()).find((one) => one.name === name);
    if (rule === undefined) throw new Error(`no rule ${name}`);
    return rule;
  }

  async #told(rule: string, subject: string): Promise<NoticeAlert | undefined> {
    const notices = await this.#database.query<{ content: NoticeContent }>(
      `select content from push.alert_notices where route = 'log' order by created_at`,
    );
    const told = notices.flatMap(({ content }) => content.alerts).filter((one) => one.rule === rule && one.subject === subject);
    // Within one message they stand by weight, not by time.
    const latest = Math.max(...told.map(({ id }) => id));
    return told.findLast(({ id }) => id === latest);
  }
}
