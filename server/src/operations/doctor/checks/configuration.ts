import type { Config } from '../../../config/config.js';
import { settings } from '../../../config/settings.js';
import { type Check, type Finding, fail, orOk, text, warn } from '../finding.js';

/** What the environment of this process says. Other processes may have another one. */
export const configuration: Check = {
  name: 'configuration',
  title: text('Configuration', '設定'),
  needsDatabase: false,
  look: async ({ config, configProblem }) => {
    const findings: Finding[] = [];
    if (configProblem !== null) {
      const remedy = text(
        'Correct the variables; until then nothing starts. What follows goes by the others.',
        '変数を直してください。直すまで起動しません。以下は残りの設定で確認しています。',
      );
      findings.push(fail(text(configProblem, configProblem), remedy));
    }
    findings.push(...config.unknownVariables.map(misspelt), ...doubtful(config));
    return orOk(findings, text('every variable means something, and they fit together', '変数はすべて有効で、矛盾もありません'));
  },
};

function misspelt(name: string): Finding {
  const near = Object.keys(settings).find((known) => distance(known, name) <= 3);
  const meant = near === undefined ? '' : ` ${near}`;
  return warn(
    text(`${name} means nothing`, `${name} という変数はありません`),
    near === undefined
      ? text('Take it away, or look it up in docs/configuration.md.', '削除するか、docs/configuration.md で確認してください。')
      : text(`Is${meant} meant?`, `${near} の誤りではありませんか。`),
  );
}

/** What is allowed each by itself and together means less than it seems to. */
function doubtful(config: Config): Finding[] {
  const findings: Finding[] = [];
  const say = (when: boolean, en: string, ja: string, remedyEn: string, remedyJa: string): void => {
    if (when) findings.push(warn(text(en, ja), text(remedyEn, remedyJa)));
  };
  const { alerts, delivery, shutdownSeconds, http, sandbox } = config;
  say(
    !config.rateLimit && !sandbox,
    'TODOKU_RATE_LIMIT=false: the provider budget is not kept, and Expo will answer 429',
    'TODOKU_RATE_LIMIT=false のため送信上限を守らず、Expo から 429 が返ります',
    'Set it to true; false is for benchmarks against the simulator.',
    'true にしてください。false はシミュレーターでの計測用です。',
  );
  say(
    !config.pushEnabled,
    'PUSH_NOTIFICATIONS_ENABLED=false: processes with this environment accept and send nothing',
    'PUSH_NOTIFICATIONS_ENABLED=false のプロセスは受付も送信もしません',
    'Set it to true and start them again, unless that is meant; `todoku pushes on` does not change it.',
    '意図していなければ true にして再起動してください。`todoku pushes on` では変わりません。',
  );
  say(
    shutdownSeconds * 1000 < delivery.requestDeadlineMs + 5_000,
    'TODOKU_SHUTDOWN_SECONDS is shorter than a request may last: a stop leaves deliveries unknown',
    'TODOKU_SHUTDOWN_SECONDS がリクエストの期限より短く、停止時に結果不明の配信が残ります',
    `Set it to ${Math.ceil(delivery.requestDeadlineMs / 1000) + 10}, and the grace time of what runs it to more.`,
    `${Math.ceil(delivery.requestDeadlineMs / 1000) + 10} 以上にし、実行環境の停止猶予はそれより長くしてください。`,
  );
  say(
    config.receipts.delaySeconds < 60 && !sandbox,
    'TODOKU_RECEIPT_DELAY_SECONDS is under a minute: Expo has no receipts yet',
    'TODOKU_RECEIPT_DELAY_SECONDS が 1 分未満です。Expo の受領確認はまだありません',
    'Leave it out: 15 minutes is what Expo says.',
    '指定を外してください。Expo の推奨は 15 分です。',
  );
  const routes = [alerts.webhook, alerts.slack, alerts.email].some((route) => route !== null);
  say(
    alerts.publicUrl === null && routes,
    'TODOKU_PUBLIC_URL is not set: links in alerts lead nowhere on a phone',
    'TODOKU_PUBLIC_URL がないため、アラートのリンクを携帯で開けません',
    'Set it to where people reach this system.',
    '利用者がこのシステムに到達できる URL を設定してください。',
  );
  const { secret, jwksUrl, issuer } = config.security.userTokens;
  say(
    secret === null && jwksUrl === null && issuer !== null,
    'SUPABASE_JWT_ISSUER is set, and no way to check user tokens: every user is refused',
    'SUPABASE_JWT_ISSUER だけが設定され、利用者のトークンを検証できません（全員拒否）',
    'Set SUPABASE_JWKS_URL or SUPABASE_JWT_SECRET.',
    'SUPABASE_JWKS_URL か SUPABASE_JWT_SECRET を設定してください。',
  );
  say(
    http.host === '0.0.0.0' || http.host === '::',
    `HOST=${http.host}: the API is open to every network of this machine, without TLS of its own`,
    `HOST=${http.host} のため、API がすべてのネットワークに TLS なしで公開されています`,
    'Put a proxy with TLS before it, or listen on 127.0.0.1.',
    'TLS のプロキシを前に置くか、127.0.0.1 で待ち受けてください。',
  );
  const port = config.database.url === null ? '' : new URL(config.database.url.reveal()).port;
  say(
    port === '6543',
    'DATABASE_URL uses port 6543, which on Supabase is the pooler by transaction: prepared statements and LISTEN get lost',
    'DATABASE_URL のポート 6543 は Supabase のトランザクションプーラーで、準備済み文と LISTEN が使えません',
    'Use the direct connection or the pooler by session (port 5432).',
    '直接接続か、セッションモード（ポート 5432）を使ってください。',
  );
  return findings;
}

/** Letters to change, add or leave out to come from one to the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
