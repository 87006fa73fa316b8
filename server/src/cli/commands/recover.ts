import type { Command } from 'commander';
import type { Recovery } from '../../operations/auto-recovery.js';
import type { Cli } from '../cli.js';
import { addCommand, needsReason, onCall } from '../define-command.js';
import type { Messages } from '../messages/en.js';
import { withDatabase } from '../open-database.js';
import { withQueueManager } from '../open-queue-manager.js';
import { tokenManager } from '../open-tokens.js';
import { stderrLogger } from '../stderr-logger.js';

export function addRecover(program: Command, cli: Cli): void {
  const { recover: says } = cli.messages;
  const command = needsReason(
    addCommand(program, 'recover', { summary: says.summary, example: `recover --reason 'Expo works again'` }, cli),
    cli,
  );
  onCall<{ readonly reason: string }>(command, cli, async ({ reason }) => {
    const { autoRecovery } = await import('../../operations/auto-recovery.js');
    const recovery = await withDatabase(cli, (database, config) =>
      withQueueManager(cli, database, config, async (queue) =>
        autoRecovery(
          { database, queue, tokens: await tokenManager(database, config, cli), log: stderrLogger(cli.terminal) },
          { actor: cli.actor, reason },
        ),
      ),
    );
    return { data: recovery, text: renderRecovery(recovery, cli.messages), exitCode: recovery.ok ? 0 : 1 };
  });
}

function renderRecovery({ ok, steps }: Recovery, { recover: says }: Messages): string {
  const lines = steps.map(
    ({ step, ok: worked, result }) => `${worked ? says.worked : says.failed}  ${says.steps[step]}: ${JSON.stringify(result)}`,
  );
  return [ok ? says.done : says.notDone, ...lines].join('\n');
}
