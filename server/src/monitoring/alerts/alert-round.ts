import type { Database, Queryable } from '../../database/database.js';
import type { Logger } from '../../logging/logger.js';
import type { FigureName, Reading } from '../figures.js';
import {
  closeEpisode,
  forgetStates,
  markTold,
  noteWorst,
  openEpisode,
  readStates,
  readUntold,
  type StoredAlert,
  writeStates,
} from './alert-store.js';
import type { AlertRule } from './alert-types.js';
import { chooseAlerts, tell } from './choose-alerts.js';
import { evaluateRules, type Step } from './evaluate-rules.js';
import { tidyNotices, writeNotices } from './notice-outbox.js';
import { announceRoutes, type RouteEntry, readRoutes } from './route-directory.js';
import { readRules } from './rule-book.js';
import { readSilences } from './silences.js';

/** The figures as they are read; `at` by the database's clock, so that every process counts the same time. */
export interface Figures {
  readonly at: Date;
  readonly figures: ReadonlyMap<FigureName, readonly Reading[]>;
}

interface RoundParts {
  readonly database: Database;
  readonly readFigures: (tx: Queryable) => Promise<Figures>;
  /** The ways out that this process has. */
  readonly routes: readonly RouteEntry[];
  readonly log: Logger;
}

export interface RoundOptions {
  /** The name of this process. */
  readonly instance: string;
  /** From one evaluation to the next, whoever does them. */
  readonly everyMs: number;
  /** What happens within this time goes as one message. */
  readonly groupMs: number;
  /** Unacknowledged pages are told again after this; null: never. */
  readonly remindMs: number | null;
}

/** A leader whose machine is gone holds its lock for at most this long. */
const leaderTimeout = '20s';

/**
 * Evaluates the rules, one process at a time. Whoever comes when a round is due takes the turn's row and leads; who finds it locked goes away.
 * States, episodes and messages are one transaction with the turn: a leader that dies leaves the round undone, and the next one does it.
 */
export class AlertRound {
  readonly #parts: RoundParts;
  readonly #options: RoundOptions;

  constructor(parts: RoundParts, options: RoundOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  /** Returns whether a round was due and this process led it. */
  async turn(): Promise<boolean> {
    const { database, routes } = this.#parts;
    await announceRoutes(database, this.#options.instance, routes);
    return await database.transaction(async (tx) => {
      await tx.query(`set local idle_in_transaction_session_timeout = '${leaderTimeout}'`);
      const turn = await tx.query(
        /* sql */ `
select from push.alert_turn
where id = 1 and (evaluated_at is null or evaluated_at <= clock_timestamp() - make_interval(secs => $1)) for update skip locked`,
        [this.#options.everyMs / 1_000],
      );
      if (turn.length === 0) return false;
      await this.#lead(tx);
      await tx.query(/* sql */ 'update push.alert_turn set evaluated_at = clock_timestamp(), evaluated_by = $1 where id = 1', [
        this.#options.instance,
      ]);
      return true;
    });
  }

  async #lead(tx: Queryable): Promise<void> {
    const rules = await readRules(tx);
    const { at, figures } = await this.#parts.readFigures(tx);
    const steps = evaluateRules(rules, figures, await readStates(tx), at);
    const states: StoredAlert[] = [];
    for (const step of steps) if (!step.forget) states.push({ ...step.after, episodeId: await this.#episodeOf(tx, step, at) });
    await writeStates(tx, states, at);
    await forgetStates(
      tx,
      steps.filter(({ forget }) => forget).map(({ after }) => after),
    );
    await noteWorst(tx);
    const routes = await readRoutes(tx);
    await this.#tellNews(tx, rules, routes, at);
    await tidyNotices(tx, routes);
  }

  async #episodeOf(tx: Queryable, { rule, before, after, fired, resolved }: Step, at: Date): Promise<number | null> {
    const { subject, value } = after;
    if (fired) {
      this.#parts.log.warn({ rule: rule.name, subject, value, severity: rule.severity }, 'alert fires');
      const breachedAt = before?.phase === 'pending' ? before.since : at;
      return await openEpisode(tx, { rule, subject, breachedAt, firedAt: at, value });
    }
    const open = before?.episodeId ?? null;
    if (resolved !== null && open !== null) {
      this.#parts.log.info({ rule: rule.name, subject, value, why: resolved }, 'alert is over');
      await closeEpisode(tx, open, at, resolved);
    }
    return after.phase === 'firing' ? open : null;
  }

  async #tellNews(tx: Queryable, rules: readonly AlertRule[], routes: readonly RouteEntry[], at: Date): Promise<void> {
    const { remindMs, groupMs } = this.#options;
    const chosen = chooseAlerts(await readUntold(tx), await readSilences(tx), { now: at, remindMs });
    if (chosen.length === 0) return;
    const byName = new Map(rules.map((rule) => [rule.name, rule]));
    const alerts = chosen.map((one) => tell(one, byName.get(one.episode.rule)));
    await writeNotices(tx, alerts, routes, { now: at, groupMs });
    const idsOf = (over: boolean): number[] => alerts.filter(({ change }) => (change === 'resolved') === over).map(({ id }) => id);
    await markTold(tx, { started: idsOf(false), ended: idsOf(true) }, at);
  }
}
