import type { Queryable } from '../database/database.js';
import { countUndelivered } from './alerts/undelivered.js';
import { readLedger } from './ledger.js';
import { readStatus, type SystemStatus } from './system-status.js';

/** One reading. `subject`: '' for the whole system, else e.g. a project 'expo/default' or a worker's id. `value` null: no data. */
export interface Reading {
  readonly subject: string;
  readonly value: number | null;
  readonly samples?: number;
}

const units = {
  delivery_success_rate: ['share', 'Share of deliveries that the platforms took', '配信成功率'],
  error_rate: ['share', 'Share of deliveries that failed', 'エラー率'],
  average_delivery_ms: ['ms', 'Average time of a delivery', '平均配信時間'],
  engagement_rate: ['share', 'Share of pushes that were opened', 'ユーザーエンゲージメント率'],
  token_invalidation_rate: ['share', 'Share of tokens that were called dead', 'トークン無効化率'],
  queue_waiting: ['count', 'Waiting deliveries that nothing explains', 'キューサイズ'],
  oldest_item_age_ms: ['ms', 'Age of the oldest due item in the queue', '最も古い送信待ち'],
  outbox_oldest_age_ms: ['ms', 'Age of the oldest notification that is not planned', '最も古い未処理の通知'],
  receipts_expiring: ['count', 'Receipts about to be lost', '期限の迫った受領確認'],
  ledger_unaccounted: ['count', 'What the ledger does not explain', '台帳の不一致'],
  workers_silent: ['count', 'Workers that stopped without a goodbye', '応答のないワーカー'],
  workers_alive: ['count', 'Workers that are alive', '動作中のワーカー'],
  breakers_open: ['flag', 'Sending to a project is cut off', '送信の遮断'],
  token_invalidation_frozen: ['flag', 'Token invalidation is frozen', 'トークン無効化の凍結'],
  clock_skew_ms: ['ms', 'Difference between clocks', '時計のずれ'],
  emergency: ['flag', 'The emergency stop is on', '緊急停止'],
  paused_ms: ['ms', 'How long sending has been paused', '一時停止の長さ'],
  alert_notices_failed: ['count', 'Messages of a route that did not get through', '届かなかったアラート'],
} as const;

export type FigureName = keyof typeof units;

export interface FigureDefinition {
  readonly name: FigureName;
  readonly unit: 'share' | 'ms' | 'count' | 'flag';
  readonly summary: { readonly en: string; readonly ja: string };
}

export const figureDefinitions: readonly FigureDefinition[] = Object.entries(units).map(([name, [unit, en, ja]]) => ({
  name: name as FigureName,
  unit,
  summary: { en, ja },
}));

/** What the state of the system says of itself; figures over a window are not among them yet. */
export async function readFigures(database: Queryable): Promise<{ at: Date; figures: ReadonlyMap<FigureName, readonly Reading[]> }> {
  const status = await readStatus(database);
  const ledger = await readLedger(database);
  const undelivered = await countUndelivered(database);
  const whole = (value: number | null): Reading[] => [{ subject: '', value }];
  return {
    at: status.at,
    figures: new Map<FigureName, readonly Reading[]>([
      ...ofProjects(status),
      ['workers_alive', whole(status.workers.filter(({ state }) => state === 'alive').length)],
      ['workers_silent', status.workers.map(({ id, state }) => ({ subject: id, value: state === 'silent' ? 1 : 0 }))],
      ['outbox_oldest_age_ms', whole(age(status, status.waiting.outboxOldest))],
      ['ledger_unaccounted', whole(ledger.rows[0]?.unaccounted ?? null)],
      ['emergency', whole(status.controls.emergency ? 1 : 0)],
      ['paused_ms', whole(age(status, status.controls.pausedAt))],
      ['alert_notices_failed', undelivered],
    ]),
  };
}

const age = ({ at }: SystemStatus, since: Date | null): number => (since === null ? 0 : Math.max(0, at.getTime() - since.getTime()));

function ofProjects({ projects }: SystemStatus): [FigureName, readonly Reading[]][] {
  const by = (is: (project: SystemStatus['projects'][number]) => boolean): Reading[] =>
    projects.map((project) => ({ subject: `${project.provider}/${project.name}`, value: is(project) ? 1 : 0 }));
  return [
    ['breakers_open', by(({ breaker }) => breaker === 'open')],
    ['token_invalidation_frozen', by(({ frozenAt }) => frozenAt !== null)],
  ];
}
