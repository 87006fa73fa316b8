import type { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import type { Database } from '../database/database.js';
import type { Logger } from '../logging/logger.js';
import { AlertRound, type Figures } from '../monitoring/alerts/alert-round.js';
import { pingWatcher } from '../monitoring/alerts/heartbeat-ping.js';
import { NoticeSender } from '../monitoring/alerts/notice-sender.js';
import { withdrawRoutes } from '../monitoring/alerts/route-directory.js';
import { openRoutes } from '../monitoring/alerts/routes/open-routes.js';
import { ReportSchedule } from '../monitoring/reports/report-schedule.js';
import { WorkLoop } from './work-loop.js';

const ROUND_MS = 10_000;
/** What happens within this time of a route's last message goes as one. */
const GROUP_MS = 30_000;
const LOOK_MS = 2_000;
const PING_LOOK_MS = 5_000;
const REPORT_LOOK_MS = 20_000;

interface WatchParts {
  readonly database: Database;
  readonly readFigures: (database: Pick<Database, 'query' | 'rows'>) => Promise<Figures>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}

/**
 * A process's part in alerting, whatever its roles: so that processes which only answer notice when all workers are gone. One loop takes turns
 * evaluating the rules, one for each route sends (a route that hangs holds up no other), one tells the outside watcher, one makes the reports that are due.
 */
export class AlertWatch {
  readonly #parts: WatchParts;
  readonly #instance: string;
  readonly #loops: readonly WorkLoop[];

  constructor(config: Pick<Config, 'instance' | 'alerts' | 'reports'>, parts: WatchParts) {
    const { database, clock, random, log } = parts;
    this.#parts = parts;
    this.#instance = config.instance;
    const routes = openRoutes(config, parts);
    const { remindMinutes, heartbeat } = config.alerts;
    const round = new AlertRound(
      {
        database,
        readFigures: parts.readFigures,
        routes: routes.map(({ name, minSeverity, target }) => ({ route: name, minSeverity, target })),
        log,
      },
      { instance: config.instance, everyMs: ROUND_MS, groupMs: GROUP_MS, remindMs: remindMinutes === 0 ? null : remindMinutes * 60_000 },
    );
    const loop = (name: string, work: () => Promise<boolean>, ms: number): WorkLoop =>
      new WorkLoop(name, work, { log, monotonic: clock.monotonic }, { ms, quickAfterWork: false });
    const senders = routes.map((route) => {
      const sender = new NoticeSender({ database, route, random, log });
      return loop(`alerts to ${route.name}`, () => sender.work(), LOOK_MS);
    });
    const evaluate = async (): Promise<boolean> => {
      if (await round.turn()) for (const sender of senders) sender.wakeUp.wake();
      return false;
    };
    const ping = heartbeat === null ? null : { database, url: heartbeat.url.reveal(), method: heartbeat.method, clock, log };
    const schedule = new ReportSchedule(database, log, {
      ...config.reports,
      instance: config.instance,
      ownRoutes: routes.map(({ name }) => name),
    });
    const report = async (): Promise<boolean> => {
      if ((await schedule.sendDue()).length > 0) for (const sender of senders) sender.wakeUp.wake();
      return false;
    };
    this.#loops = [
      // Each process comes at its own time, several times within a round's time: a leader that dies is followed within seconds.
      loop('alerts', evaluate, ROUND_MS / 4),
      ...senders,
      ...(config.reports.schedule.length === 0 ? [] : [loop('reports', report, REPORT_LOOK_MS)]),
      ...(ping === null ? [] : [loop('alert heartbeat', () => pingWatcher(ping), PING_LOOK_MS)]),
    ];
  }

  start(): void {
    for (const loop of this.#loops) loop.start();
  }

  /** Lets what is on its way finish, and says that this process's routes are gone. */
  async stop(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
    await withdrawRoutes(this.#parts.database, this.#instance);
  }
}
