import { readStatus } from '../../../monitoring/system-status.js';
import { type Check, type Finding, fail, ok, someOf, text, warn } from '../finding.js';

export const processes: Check = {
  name: 'processes',
  title: text('Processes', 'プロセス'),
  needsDatabase: true,
  look: async ({ database }) => {
    const { workers } = await readStatus(database);
    const alive = workers.filter(({ state }) => state === 'alive');
    const silent = workers.filter(({ state }) => state === 'silent');
    const findings: Finding[] = [];
    if (!alive.some(({ roles }) => roles.includes('worker'))) {
      const remedy = text(
        'Start one: `todoku serve` with TODOKU_ROLES=worker (or both roles).',
        '`todoku serve` を TODOKU_ROLES=worker（または両方）で起動してください。',
      );
      findings.push(fail(text('no worker is alive: nothing is sent', '動いているワーカーがなく、何も送信されません'), remedy));
    }
    if (silent.length > 0) {
      const names = someOf(silent.map(({ id }) => id));
      const remedy = text(
        'Look at its machine and log: it was killed, hangs, or can’t reach the database. What it had on the wire is taken up by others.',
        'そのマシンとログを確認してください（強制終了、停止、接続断）。送信中だった分は他のワーカーが引き継ぎます。',
      );
      findings.push(warn(text(`silent without a goodbye: ${names}`, `応答が途絶えたもの: ${names}`), remedy));
    }
    const versions = [...new Set(alive.map(({ version }) => version))].sort();
    if (versions.length > 1) {
      const remedy = text('Finish the update: start all of them with the same version.', '更新を完了し、同じ版に揃えてください。');
      findings.push(warn(text(`of several versions: ${versions.join(', ')}`, `版が混在: ${versions.join(', ')}`), remedy));
    }
    return findings.length > 0 ? findings : [ok(text(`${alive.length} alive`, `${alive.length} 個が動作中`))];
  },
};
