import type { benchEn } from './bench-en.js';

export const benchJa: typeof benchEn = {
  summary: 'このマシンでの速さを、ほかの選択肢と並べて測る。専用の Postgres とシミュレーターを使う',
  only: '測る項目（カンマ区切り）: throughput、bounds、scaling、latency、intake、memory、backlog、history、features、xmin、tuning',
  count: '1 回に送る通知の数',
  rounds: '各測定の回数',
  quick: '小さな規模で数分。動作の確認用で、数値に意味はない',
  note: '全項目で 2 時間ほどかかり、進み具合を表示します。稼働中のシステムとそのデータベースには触れません。ほかの指定は docs/performance.md を参照してください。',
};
