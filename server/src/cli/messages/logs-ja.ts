import type { logsEn } from './logs-en.js';

export const logsJa: typeof logsEn = {
  group: '動作中のプロセスのログ',
  level: 'ログレベルを表示する、または全プロセスで一定時間変える。default で元に戻す',
  which: '出力する最も軽いレベル。default は各プロセスの LOG_LEVEL',
  for: '期間: 30m、2h など、最長 1d',
  incomplete: 'レベルには --for <期間> と --reason <理由> が、default には --reason が必要です。',
  own: '各プロセスは自分の LOG_LEVEL に従います。',
  set: (level, until, by, reason) => `全プロセスが ${until} まで ${level} 以上を記録します（${by}: ${reason}）`,
};
