import type { reportsEn } from './reports-en.js';

export const reportsJa: typeof reportsEn = {
  report: '1 日・1 週間・1 か月の結果を、その前の期間と並べて示す',
  daily: '今日、または --until で指定した日',
  weekly: '今日または --until までの 7 日間',
  monthly: '今日または --until までの 1 か月',
  until: '最終日（2026-11-28 のように指定、タイムゾーンの日付）。--ending も同じ',
  zone: '日付と時刻に使う IANA タイムゾーン。省略時は設定（policy）のもの',
  html: 'グラフ付きの HTML 全体を、端末または --out に出力する',
  out: 'このファイルに書く。.json か .txt で終わる名前以外は HTML',
  written: (file) => `${file} に書きました。`,
  send: 'アラートの通知先に、今すぐレポートを送る',
  route: 'log、webhook、slack、email のいずれか。複数指定できる。省略時は設定済みのすべて',
  sent: (route, answer) => `${route} で送信しました。応答: ${answer}`,
  notSent: (route, error) => `${route} で送信できませんでした（1 日の間、再試行します）: ${error}`,
  list: '自動で送ったレポート（新しい順）',
  columns: { period: 'レポート', lastDay: '最終日', at: '作成', by: '実行者', routes: '送信先' },
  states: { sent: '送信済み', waiting: '再試行中', failed: '送信失敗' },
};
