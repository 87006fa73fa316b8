import { readOverview } from '../../../monitoring/alerts/read-alerts.js';
import { type Check, type Finding, fail, orOk, someOf, text, warn } from '../finding.js';

export const alertRoutes: Check = {
  name: 'alert-routes',
  title: text('Alert routes', 'アラートの通知先'),
  needsDatabase: true,
  look: async ({ database, config }) => {
    const { routes, undelivered, stale, heartbeatError } = await readOverview(database);
    const findings: Finding[] = [];
    if (stale) {
      const remedy = text(
        'Start a process, or look at the log of the running ones.',
        'プロセスを起動するか、動作中のもののログを確認してください。',
      );
      findings.push(fail(text('nobody evaluates the rules', 'ルールが評価されていません'), remedy));
    }
    if (!routes.some(({ route }) => route !== 'log')) {
      const remedy = text(
        'Set TODOKU_ALERT_SLACK_URL, TODOKU_ALERT_SMTP_URL or TODOKU_ALERT_WEBHOOK_URL (docs/alerts.md), then `todoku alerts test-route <route>`.',
        'TODOKU_ALERT_SLACK_URL、TODOKU_ALERT_SMTP_URL、TODOKU_ALERT_WEBHOOK_URL のいずれかを設定し（docs/alerts.md）、`todoku alerts test-route <通知先>` で確認してください。',
      );
      findings.push(warn(text('alerts go to the log only, so nobody is woken', 'アラートがログにしか出ず、誰にも届きません'), remedy));
    }
    if (undelivered.length > 0) {
      const names = someOf(undelivered.map(({ route }) => route));
      const remedy = text(
        '`todoku alerts` says what the route answered; mend it, and test it with `todoku alerts test-route`.',
        '`todoku alerts` で通知先の応答を確認し、直して `todoku alerts test-route` で試してください。',
      );
      findings.push(fail(text(`messages did not get through: ${names}`, `届いていない通知先: ${names}`), remedy));
    }
    if (heartbeatError !== null) {
      const remedy = text(
        'Look at TODOKU_ALERT_HEARTBEAT_URL and at the watcher’s page.',
        'TODOKU_ALERT_HEARTBEAT_URL と監視サービスを確認してください。',
      );
      findings.push(
        warn(text(`the outside watcher can't be told: ${heartbeatError}`, `外部監視に伝えられません: ${heartbeatError}`), remedy),
      );
    } else if (config.alerts.heartbeat === null) {
      const remedy = text(
        'Set TODOKU_ALERT_HEARTBEAT_URL to a watcher such as healthchecks.io.',
        'TODOKU_ALERT_HEARTBEAT_URL に healthchecks.io などを設定してください。',
      );
      findings.push(warn(text('nobody outside notices when all of it is down', '全体が停止しても外部から気付けません'), remedy));
    }
    return orOk(findings, text(`${routes.length} routes, and all messages got through`, `通知先 ${routes.length} 個、すべて届いています`));
  },
};
