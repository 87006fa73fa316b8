import type { monitoringEn } from './monitoring-en.js';

const directions = { rising: '増加', falling: '減少', steady: '横ばい' } as const;

export const monitoringJa: typeof monitoringEn = {
  health: '正常かどうかと、問題の一覧。送信できない、または失われるときは終了コード 1',
  check: '各部（データベース、送信先、キュー、キャッシュ）も確認する',
  metrics: '重要指標と目標値',
  errors: '配信のエラー、件数、対処方法',
  since: '1h や 7d のような長さ、またはタイムゾーン付きの日時。省略時は1日前から。最長100日',
  status: {
    healthy: '正常です。',
    degraded: '動作していますが、目標を満たしていません。',
    unhealthy: '異常です。プッシュが送信されないか、失われています。',
  },
  alerts: (n) => `アラート ${n} 件が発生中: todoku alerts`,
  parts: { database: 'データベース', pushService: '送信先', queueService: 'キュー', cacheService: 'キャッシュ' },
  ok: '正常',
  failed: '異常',
  atLeast: (value) => `${value} 以上`,
  atMost: (value) => `${value} 以下`,
  noErrors: (since) => `${since} 以降、エラーはありません。`,
  total: (n, rate, since) => `${since} 以降のエラー ${n} 件（応答全体の ${rate}）。`,
  before: (n, direction) => `その前の同じ長さの期間は ${n} 件（${directions[direction]}）。`,
  columns: {
    figure: '指標',
    about: '対象',
    value: '現在',
    target: '目標',
    window: '期間',
    code: 'コード',
    project: 'プロジェクト',
    count: '件数',
    first: '最初',
    last: '最後',
    sent: '受付',
    errors: 'エラー',
    from: '開始',
  },
  advice: '対処',
  trend: '推移',
  now: '現時点',
};
