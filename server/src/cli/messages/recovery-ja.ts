import type { recoverEn, replEn, resumeEn, tendEn } from './recovery-en.js';

export const replJa: typeof replEn = {
  summary: 'マニュアルの名前で管理オブジェクトを使い TypeScript を実行する。--eval も --file もなければ対話',
  eval: '実行するコード。await が使え、待たない処理も終了前に待つ',
  file: 'このファイルのコード',
  user: 'userId として使う利用者の ID',
  greeting: (names) => `このシステムの管理オブジェクト: ${names}。操作は監査に記録されます。.exit で終了。`,
};

export const resumeJa: typeof resumeEn = {
  dryRun: '送信、保留、期限切れの見込みだけを表示する',
  nothingDone: '何も変更していません。',
  queueEmpty: 'キューは空です。',
  others: (undecided, held) => `未判定の通知: ${undecided} 件。時刻を守る保留: ${held}。`,
  stillStopped: (by) => `解除しても送信されません: ${by}。`,
  stops: { paused: 'キューが一時停止中', emergency: '緊急停止中', pushes_disabled: 'プッシュが無効', trigger_disabled: 'トリガーが無効' },
  columns: { lane: 'レーン', wouldBeSent: 'すぐ送信', wouldExpire: '期限切れ', later: 'あとで送信', parked: '退避中' },
};

export const tendJa: typeof tendEn = {
  clearStale: '期限の過ぎたものを今すぐ終わらせ、台帳に記録する。失われたリースはワーカーが引き取る',
  cleared: (expired, strays, abandoned) =>
    `期限切れ ${expired} 件、はぐれたチャンク ${strays} 個を処理。失われたリースの配信 ${abandoned} 件はワーカー待ち。`,
  validate: '全トークンの形式、鍵、状態、古さ、所有者を確認する。何も送信しない',
  checked: (n) => `${n} 個のトークンを確認しました。`,
  problems: (n) => `送信できない有効トークン ${n} 個:`,
  stale: (n, days) => `${days} 日以上登録されていない有効トークン ${n} 個。`,
  orphans: (n) => `利用者が存在しない有効トークン ${n} 個。`,
  removeInvalid: '長く無効またはサインアウト済みのトークンを削除する。隔離中のものは残す',
  olderThan: 'その状態になってからの日数',
  removed: (n) => `${n} 個のトークンを削除しました。`,
  reregister: 'アプリに端末の再登録を求める。登録されると印は消える',
  user: 'この利用者の端末',
  states: 'この状態の端末: active、quarantined、invalid（カンマ区切り）',
  which: '--user か --states を指定してください。',
  marked: (n) => `${n} 台に印を付けました。`,
};

export const recoverJa: typeof recoverEn = {
  summary: '障害のあと: 一時停止を終え、失敗した通知を再送し、全トークンを読み直す。緊急停止は解除しない',
  done: '復旧しました。',
  notDone: '復旧できませんでした。失敗した処理があります。アラート recovery-failed が発生します。',
  worked: '成功',
  failed: '失敗',
  steps: { resume: '再開', retry: '失敗した通知の再送', validate_tokens: 'トークンの読み直し' },
};
