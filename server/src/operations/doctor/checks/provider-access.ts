import { randomUUID } from 'node:crypto';
import { type Check, type Finding, fail, ok, text, unknown, warn } from '../finding.js';

const DEADLINE_MS = 8_000;

/** Asks for the receipt of a ticket that does not exist: nothing goes to any device. */
export const providerAccess: Check = {
  name: 'provider',
  title: text('Push service', '送信先'),
  needsDatabase: false,
  look: async ({ config, providers }) => {
    if (config.sandbox) {
      const found = text(
        'sandbox: everything goes to the built-in simulator, and to no device',
        'サンドボックスです。内蔵シミュレーターに送り、端末には届きません',
      );
      const remedy = text(
        'For real: set EXPO_ACCESS_TOKEN (from expo.dev, Access tokens), or EXPO_BASE_URL=https://exp.host without one.',
        '本番では EXPO_ACCESS_TOKEN（expo.dev の Access tokens）を、トークンなしなら EXPO_BASE_URL=https://exp.host を設定してください。',
      );
      return [warn(found, remedy)];
    }
    const findings: Finding[] = [];
    for (const provider of providers.filter(({ limits }) => limits.receiptIds > 0)) {
      const answer = await provider.receipts([randomUUID()], DEADLINE_MS);
      if (answer.kind === 'answered') {
        const by =
          config.expo.accessToken === null
            ? text('without an access token', 'アクセストークンなし')
            : text('with the access token', 'アクセストークンあり');
        findings.push(ok(text(`${provider.name} answers, ${by.en}`, `${provider.name} は応答します（${by.ja}）`)));
        continue;
      }
      const found = text(
        `${provider.name} does not answer as it should: ${answer.code}`,
        `${provider.name} の応答が異常です: ${answer.code}`,
      );
      const credentials = text(
        'Make a new access token at expo.dev, set EXPO_ACCESS_TOKEN and start the processes again.',
        'expo.dev で新しいアクセストークンを作り、EXPO_ACCESS_TOKEN に設定して再起動してください。',
      );
      const network = text(
        'Look at status.expo.dev, and at the way out of this machine (proxy, firewall, DNS). What waits is kept and sent later.',
        'status.expo.dev と、このマシンからの経路（プロキシ、ファイアウォール、DNS）を確認してください。待機中の分は後で送信されます。',
      );
      findings.push(answer.kind === 'project_fault' ? fail(found, credentials) : fail(found, network));
    }
    return findings.length > 0 ? findings : [unknown(text('nobody was asked', '確認先がありません'))];
  },
};
