import type { Database } from '../database/database.js';
import type { ActiveAlert } from './alerts/alert-types.js';
import { readActive } from './alerts/read-alerts.js';
import { type FigureDefinition, type FigureName, figureDefinitions, figureOf, meetsTarget } from './figures.js';
import { judgeHealth, type SystemHealth } from './health/system-health.js';
import { readFigures } from './read-figures.js';
import { PerformanceReports, type ReportQuestion } from './reports/performance-reports.js';
import type { ReportPeriod } from './reports/report-period.js';
import type { PerformanceReport } from './reports/report-types.js';
import { readStatus } from './system-status.js';

interface FigureReading {
  readonly name: FigureName;
  readonly subject: string;
  /** null: no data. */
  readonly value: number | null;
  readonly unit: FigureDefinition['unit'];
  /** Seconds; null: this moment. */
  readonly window: number | null;
  readonly target: FigureDefinition['target'];
  readonly meetsTarget: boolean;
  readonly samples?: number;
}

/** The key figures by name, and every reading behind them. Shares are 0 … 1, times milliseconds, null: no data. */
export interface CurrentMetrics {
  readonly at: Date;
  readonly deliverySuccessRate: number | null;
  readonly averageDeliveryTime: number | null;
  readonly errorRate: number | null;
  readonly userEngagementRate: number | null;
  readonly tokenInvalidationRate: number | null;
  /** Due deliveries that wait without a reason. */
  readonly queueSize: number | null;
  /** All deliveries in the queue: due, delayed, parked, on the wire. */
  readonly queueDepth: number;
  /** Milliseconds. */
  readonly oldestItemAge: number | null;
  readonly activeWorkers: number | null;
  readonly activeAlerts: number;
  readonly figures: readonly FigureReading[];
}

/** How the whole system is, whichever process is asked. */
export class NotificationMonitoringManager {
  readonly #database: Database;
  readonly #reports: PerformanceReports;

  /** `storageLimitBytes`: how much the database may hold, for reports; null: nobody has said. */
  constructor(database: Database, limits: { readonly storageLimitBytes?: number | null } = {}) {
    this.#database = database;
    this.#reports = new PerformanceReports(database, limits);
  }

  async getSystemHealth(): Promise<SystemHealth> {
    return judgeHealth(await readFigures(this.#database), await readActive(this.#database));
  }

  async getCurrentMetrics(): Promise<CurrentMetrics> {
    const { at, figures } = await readFigures(this.#database);
    const status = await readStatus(this.#database);
    const alerts = await readActive(this.#database);
    const value = (name: FigureName): number | null => figures.get(name)?.[0]?.value ?? null;
    return {
      at,
      deliverySuccessRate: value('delivery_success_rate'),
      averageDeliveryTime: value('average_delivery_ms'),
      errorRate: value('error_rate'),
      userEngagementRate: value('engagement_rate'),
      tokenInvalidationRate: value('token_invalidation_rate'),
      queueSize: value('queue_waiting'),
      queueDepth: status.queue.reduce((total, { deliveries }) => total + deliveries, 0),
      oldestItemAge: value('oldest_item_age_ms'),
      activeWorkers: value('workers_alive'),
      activeAlerts: alerts.filter(({ state }) => state === 'firing').length,
      figures: figureDefinitions.flatMap(({ name, unit, window, target }) =>
        (figures.get(name) ?? []).map((reading) => ({
          name,
          unit,
          window,
          target,
          ...reading,
          meetsTarget: meetsTarget(figureOf(name), reading.value),
        })),
      ),
    };
  }

  /**
   * How today, the last seven days or the last month went, or those up to another day, beside the time before. Throws INVALID_INPUT for a period
   * that there is not, a day that has not come or is too long ago, and a zone that is not known.
   */
  generatePerformanceReport(period: ReportPeriod, question: ReportQuestion = {}): Promise<PerformanceReport> {
    return this.#reports.generate(period, question);
  }

  /** Pending and firing ones, the weightiest first. */
  getActiveAlerts(): Promise<ActiveAlert[]> {
    return readActive(this.#database);
  }
}
