import type { ErrorCode } from '../../errors/catalogue.js';

/** The catalogue of errors in Japanese: what happened, and what to do. */
export const errorsInJapanese: Readonly<Record<ErrorCode, { readonly message: string; readonly remedy: string }>> = {
  INVALID_INPUT: {
    message: '項目が足りないか、値が誤っています。',
    remedy: '「箇所」の項目を直して、もう一度実行してください。何も保存されていません。',
  },
  PAYLOAD_TOO_BIG: {
    message: '送信時の通知（JSON、UTF-8）が 4,096 バイトを超えています。',
    remedy: 'title、message、data、push を短くしてください。大きな内容は data に ID だけを入れて参照します。',
  },
  BODY_TOO_LARGE: { message: 'リクエストの本文が大きすぎます。', remedy: '1 回の通知の数または大きさを減らしてください。' },
  HEADERS_TOO_LARGE: {
    message: 'リクエスト行とヘッダーが 16 KiB を超えています。',
    remedy: 'ヘッダーを短くしてください。長い内容は本文に入れます。',
  },
  REQUEST_TIMEOUT: {
    message: 'リクエストが時間内に最後まで届きませんでした。',
    remedy: '途中で止めずに、もう一度送ってください。',
  },
  UNSUPPORTED_MEDIA_TYPE: { message: '本文が JSON ではありません。', remedy: 'content-type: application/json で送ってください。' },
  UNAUTHENTICATED: {
    message: '有効な認証情報がありません。',
    remedy: 'API キーまたはユーザートークンを `Authorization: Bearer …` で送ってください。',
  },
  FORBIDDEN: { message: 'この認証情報では許可されていません。', remedy: '必要なスコープを持つキーを使ってください。' },
  NOT_FOUND: { message: '見つかりません。', remedy: 'ID を確認してください。保存期間が過ぎて削除された可能性もあります。' },
  IDEMPOTENCY_KEY_REUSED: {
    message: 'この Idempotency-Key は別の本文ですでに使われています。',
    remedy: '新しいリクエストには新しいキーを使ってください。',
  },
  IDEMPOTENCY_KEY_BUSY: {
    message: 'この Idempotency-Key のリクエストがまだ処理中です。',
    remedy: '少し待ってから同じリクエストをもう一度送ってください。',
  },
  DUPLICATE_ID: {
    message: 'この ID の通知はすでに受け付けられています。',
    remedy: 'ID を省くか、別の ID にしてください。同じ通知の再送なら何もする必要はありません。',
  },
  CONFLICT: { message: '現在の状態では実行できません。', remedy: 'まず現在の状態を確認してください。' },
  INTAKE_STOPPED: {
    message: '新しい通知は受け付けていません。操作者が停止しています。',
    remedy: '再開後にもう一度実行してください。誰がなぜ止めたかは `todoku status` で分かります。',
  },
  RATE_LIMITED: {
    message: 'この呼び出し元からのリクエストが多すぎます。',
    remedy: 'Retry-After の秒数だけ待ち、頻度を下げてください。バックエンドは制限のない API キーを使います。',
  },
  OVERLOADED: { message: '混雑のため現在は受け付けられません。', remedy: 'Retry-After の秒数だけ待ってください。何も保存されていません。' },
  DATABASE_UNAVAILABLE: {
    message: 'データベースが応答しません。',
    remedy: 'Postgres が動いているか、DATABASE_URL が正しいかを確認してください。復旧すればシステムは自動で再開します。',
  },
  CONFIGURATION_INVALID: {
    message: '設定が誤っています。',
    remedy: '示された変数を直してください。すべての変数は docs/configuration.md にあります。',
  },
  KEY_UNAVAILABLE: {
    message: '保存済みトークンの暗号鍵がありません。',
    remedy: '示された ID の鍵を TODOKU_ENCRYPTION_KEYS に加えてください。',
  },
  CIPHERTEXT_INVALID: {
    message: '保存済みトークンが改変または破損しているか、別の行から写されています。',
    remedy: 'push_tokens を誰が変更したかを調べてください。端末の再登録が必要です。',
  },
  MIGRATION_FAILED: {
    message: 'マイグレーションを適用できませんでした。',
    remedy: '原因を取り除いて、もう一度起動してください。途中までの変更は残っていません。',
  },
  TODOKU_UNAVAILABLE: {
    message: 'Todoku が応答しません（手前の Edge Function からの応答）。',
    remedy: 'Retry-After の秒数だけ待ち、同じ Idempotency-Key で同じリクエストを送ってください。二重にはなりません。',
  },
  INTERNAL: { message: '内部エラーが発生しました。', remedy: 'ログでリクエスト ID を検索し、報告してください。' },
};
