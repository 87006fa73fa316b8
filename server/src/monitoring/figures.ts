/** One reading. `subject`: '' for the whole system, else e.g. a project 'expo/default' or a worker's id. `value` null: no data. */
export interface Reading {
  readonly subject: string;
  readonly value: number | null;
  /** Of how many events it was computed. */
  readonly samples?: number;
}

interface Definition {
  readonly unit: 'share' | 'ms' | 'count' | 'flag';
  /** Seconds that it looks back; null: it is about this moment. */
  readonly window: number | null;
  /** With fewer events in its window it has no value. */
  readonly fewest?: number;
  /** What it ought to be. */
  readonly target: { readonly atLeast: number } | { readonly atMost: number } | null;
  readonly en: string;
  readonly ja: string;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const zero = { atMost: 0 } as const;

/** Every figure there is: health, alerts, reports, /metrics and the command line read these and no others. */
const definitions = {
  delivery_success_rate: {
    unit: 'share',
    window: HOUR,
    fewest: 20,
    target: { atLeast: 0.95 },
    en: 'Share of ended deliveries that the platforms took',
    ja: '配信成功率',
  },
  error_rate: {
    unit: 'share',
    window: 15 * MINUTE,
    fewest: 20,
    target: { atMost: 0.05 },
    en: 'Share of answers that were errors',
    ja: 'エラー率',
  },
  average_delivery_ms: {
    unit: 'ms',
    window: 15 * MINUTE,
    fewest: 1,
    target: { atMost: 3000 },
    en: 'Average time from the outbox to the provider',
    ja: '平均配信時間',
  },
  engagement_rate: {
    unit: 'share',
    window: 7 * DAY,
    fewest: 20,
    target: { atLeast: 0.3 },
    en: 'Share of notifications that were read or opened',
    ja: 'ユーザーエンゲージメント率',
  },
  token_invalidation_rate: {
    unit: 'share',
    window: DAY,
    fewest: 20,
    target: { atMost: 0.1 },
    en: 'Share of tokens that were called dead',
    ja: 'トークン無効化率',
  },
  queue_waiting: {
    unit: 'count',
    window: null,
    target: { atMost: 50 },
    en: 'Waiting deliveries that nothing explains',
    ja: 'キューサイズ',
  },
  oldest_item_age_ms: {
    unit: 'ms',
    window: null,
    target: { atMost: 300_000 },
    en: 'Age of the oldest due item in the queue',
    ja: '最も古い送信待ち',
  },
  outbox_oldest_age_ms: {
    unit: 'ms',
    window: null,
    target: { atMost: 60_000 },
    en: 'Age of the oldest notification that is not planned',
    ja: '最も古い未処理の通知',
  },
  receipts_expiring: { unit: 'count', window: null, target: zero, en: 'Receipts about to be lost', ja: '期限の迫った受領確認' },
  ledger_unaccounted: { unit: 'count', window: null, target: zero, en: 'What the ledger does not explain', ja: '台帳の不一致' },
  workers_silent: { unit: 'count', window: null, target: zero, en: 'Workers that stopped without a goodbye', ja: '応答のないワーカー' },
  workers_alive: { unit: 'count', window: null, target: { atLeast: 1 }, en: 'Workers that are alive', ja: '動作中のワーカー' },
  breakers_open: { unit: 'flag', window: null, target: zero, en: 'Sending to a project is cut off', ja: '送信の遮断' },
  token_invalidation_frozen: { unit: 'flag', window: null, target: zero, en: 'Token invalidation is frozen', ja: 'トークン無効化の凍結' },
  clock_skew_ms: { unit: 'ms', window: null, target: { atMost: 2000 }, en: 'Difference between clocks', ja: '時計のずれ' },
  emergency: { unit: 'flag', window: null, target: zero, en: 'The emergency stop is on', ja: '緊急停止' },
  paused_ms: { unit: 'ms', window: null, target: zero, en: 'How long sending has been paused', ja: '一時停止の長さ' },
  recoveries_failed: {
    unit: 'count',
    window: HOUR,
    target: zero,
    en: 'Recoveries that failed, since the last that worked',
    ja: '失敗した復旧処理',
  },
  alert_notices_failed: {
    unit: 'count',
    window: null,
    target: zero,
    en: 'Messages of a route that did not get through',
    ja: '届かなかったアラート',
  },
} as const satisfies Record<string, Definition>;

export type FigureName = keyof typeof definitions;

export interface FigureDefinition {
  readonly name: FigureName;
  readonly unit: Definition['unit'];
  readonly window: number | null;
  readonly fewest: number;
  readonly target: Definition['target'];
  readonly summary: { readonly en: string; readonly ja: string };
}

export const figureDefinitions: readonly FigureDefinition[] = Object.entries(definitions as Record<string, Definition>).map(
  ([name, { unit, window, fewest, target, en, ja }]) => ({
    name: name as FigureName,
    unit,
    window,
    fewest: fewest ?? 0,
    target,
    summary: { en, ja },
  }),
);

/** The definition of one. */
export function figureOf(name: FigureName): FigureDefinition {
  const found = figureDefinitions.find((definition) => definition.name === name);
  if (found === undefined) throw new Error(`no figure ${name}`);
  return found;
}

/** Whether a value is as it ought to be; a figure without a target or without a value always is. */
export function meetsTarget({ target }: FigureDefinition, value: number | null): boolean {
  if (target === null || value === null) return true;
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost;
}
