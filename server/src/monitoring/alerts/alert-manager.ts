import type { Database } from '../../database/database.js';
import { TodokuError } from '../../errors/todoku-error.js';
import { recordAct } from '../../security/audit.js';
import type { ActiveAlert, AlertEpisode, By, Silence } from './alert-types.js';
import { awaitNotice, type NoticeFate } from './await-notice.js';
import { writeTestNotice } from './notice-outbox.js';
import { type AlertOverview, type HistoryQuestion, readActive, readHistory, readOverview } from './read-alerts.js';
import { type RouteName, readRoutes } from './route-directory.js';
import { RuleBook, type StoredRule } from './rule-book.js';
import type { NewRule, RuleChanges } from './rule-input.js';
import { addSilence, endSilence, type NewSilence, readSilences } from './silences.js';

/** What became of a test message. */
export interface RouteTest extends NoticeFate {
  readonly route: RouteName;
  readonly id: string;
}

/**
 * What operators see and do about alerts. Everything is in the database: any process may be asked. The rules are evaluated by `AlertRound`,
 * messages go out by `NoticeSender`, in the processes that serve.
 */
export class AlertManager {
  readonly #database: Database;
  readonly #rules: RuleBook;

  constructor(database: Database) {
    this.#database = database;
    this.#rules = new RuleBook(database);
  }

  /** What is pending or fires, the weightiest first; silenced and acknowledged alerts too, marked as such. */
  active(): Promise<ActiveAlert[]> {
    return readActive(this.#database);
  }

  /** The same, with silences, routes, and whether alerting itself works. */
  overview(): Promise<AlertOverview> {
    return readOverview(this.#database);
  }

  history(question: HistoryQuestion = {}): Promise<AlertEpisode[]> {
    return readHistory(this.#database, question);
  }

  /** Ends the reminders of one alert; that it is over is told all the same. Who acknowledged first stands. Throws NOT_FOUND, CONFLICT. */
  async acknowledge(id: number, by: By): Promise<AlertEpisode> {
    return await this.#database.transaction(async (tx) => {
      const [episode] = await tx.query<{ over: boolean; acknowledged: boolean }>(
        /* sql */ `
select resolved_at is not null as over, acknowledged_at is not null as acknowledged from push.alert_episodes where id = $1 for update`,
        [id],
      );
      if (episode === undefined) throw new TodokuError('NOT_FOUND', { message: `There is no alert ${id}.` });
      if (episode.over) throw new TodokuError('CONFLICT', { message: `Alert ${id} is over: there is nothing to acknowledge.` });
      if (!episode.acknowledged) {
        await tx.query(
          /* sql */ `
update push.alert_episodes set acknowledged_at = clock_timestamp(), acknowledged_by = $2, acknowledged_note = $3 where id = $1`,
          [id, by.actor, by.reason],
        );
        await recordAct(tx, { ...by, action: 'alerts.acknowledge', target: `alert:${id}` });
      }
      const [found] = await readHistory(tx, { id });
      if (found === undefined) throw new Error('an alert that is locked and not there');
      return found;
    });
  }

  silences(): Promise<Silence[]> {
    return readSilences(this.#database);
  }

  silence(silence: NewSilence, by: By): Promise<Silence> {
    return addSilence(this.#database, silence, by);
  }

  /** What fires then is told at the next evaluation. Returns false when it had ended before. */
  unsilence(id: number, by: By): Promise<boolean> {
    return endSilence(this.#database, id, by);
  }

  rules(): Promise<StoredRule[]> {
    return this.#rules.list();
  }

  changeRule(name: string, changes: RuleChanges, by: By): Promise<StoredRule> {
    return this.#rules.change(name, changes, by);
  }

  createRule(name: string, rule: NewRule, by: By): Promise<StoredRule> {
    return this.#rules.create(name, rule, by);
  }

  removeRule(name: string, by: By): Promise<void> {
    return this.#rules.remove(name, by);
  }

  /** Sends a real message by a process that has the route, and waits for what comes back. Throws CONFLICT when no running process has it. */
  async testRoute(route: RouteName, by: By): Promise<RouteTest> {
    const routes = await readRoutes(this.#database);
    if (!routes.some((entry) => entry.route === route)) {
      throw new TodokuError('CONFLICT', { message: `No running process has the alert route ${route}.` });
    }
    const id = await this.#database.transaction(async (tx) => {
      await recordAct(tx, { ...by, action: 'alerts.test_route', target: `alert_route:${route}` });
      return await writeTestNotice(tx, route);
    });
    return { route, id, ...(await awaitNotice(this.#database, id)) };
  }
}
