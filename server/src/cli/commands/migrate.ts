import type { Command } from 'commander';
import type { Cli } from '../cli.js';
import { addCommand, onCall } from '../define-command.js';
import { configOf, findDatabaseUrl } from '../open-database.js';
import { stderrLogger } from '../stderr-logger.js';

export function addMigrate(program: Command, cli: Cli): void {
  const { commands, migrate: says } = cli.messages;
  const command = addCommand(program, 'migrate', { summary: commands.migrate, example: 'migrate' }, cli);
  onCall(command, cli, async () => {
    const { migrate } = await import('../../database/migrate.js');
    const url = await findDatabaseUrl(await configOf(cli), cli);
    const report = await migrate({ url, log: stderrLogger(cli.terminal, 'info') });
    const { applied, drifted, unknown } = report;
    const lines = [
      applied.length === 0 ? says.upToDate : says.applied(applied.length),
      ...(drifted.length > 0 ? [says.drifted(drifted.join(', '))] : []),
      ...(unknown.length > 0 ? [says.unknown(unknown.join(', '))] : []),
    ];
    return { data: report, text: lines.join('\n') };
  });
}
