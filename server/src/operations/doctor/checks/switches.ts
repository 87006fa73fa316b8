import { readProjects } from '../../../monitoring/system-status.js';
import { readControls } from '../../../operations/controls.js';
import { type Check, type Finding, orOk, text, warn } from '../finding.js';

/** What keeps pushes from going out because somebody, or the system, wants it so. */
export const switches: Check = {
  name: 'switches',
  title: text('Switches', 'スイッチ'),
  needsDatabase: true,
  look: async ({ database }) => {
    const controls = await readControls(database);
    const projects = await readProjects(database);
    const findings: Finding[] = [];
    const say = (when: boolean, en: string, ja: string, command: string): void => {
      const remedy = text(`When it is time: \`todoku ${command} --reason <why>\`.`, `再開するとき: \`todoku ${command} --reason <理由>\``);
      if (when) findings.push(warn(text(en, ja), remedy));
    };
    say(controls.emergency, `emergency stop: ${controls.emergencyReason}`, `緊急停止中: ${controls.emergencyReason}`, 'emergency-resume');
    say(controls.paused, `paused: ${controls.pausedReason}`, `一時停止中: ${controls.pausedReason}`, 'queue resume');
    say(!controls.pushesEnabled, 'pushes are switched off', 'プッシュが無効です', 'pushes on');
    for (const { id, provider, name, paused, pausedReason, breaker, breakerReason, frozenAt, frozenReason } of projects) {
      const which = `${provider}/${name}`;
      say(
        paused,
        `project ${which} is paused: ${pausedReason ?? '?'}`,
        `プロジェクト ${which} は一時停止中: ${pausedReason ?? '?'}`,
        `project resume ${id}`,
      );
      say(
        frozenAt !== null,
        `${which}: token invalidation is frozen: ${frozenReason}`,
        `${which}: トークン無効化を凍結中: ${frozenReason}`,
        `tokens unfreeze --project ${id}`,
      );
      if (breaker !== 'open') continue;
      const remedy = text(
        'It closes by itself when the provider answers again; see "Push service", and renew credentials where they are at fault.',
        '送信先が応答すれば自動で解除されます。「送信先」の項目を確認し、認証情報が原因なら更新してください。',
      );
      findings.push(warn(text(`${which}: sending is cut off: ${breakerReason}`, `${which}: 送信を遮断中: ${breakerReason}`), remedy));
    }
    return orOk(findings, text('nothing is stopped', '止めているものはありません'));
  },
};
