import { type Command, Option } from 'commander';
import type { AuditEntry } from '../../security/audit.js';
import { type AuditAction, auditActions } from '../../security/audit-actions.js';
import { id, pastInstant, wholeNumber } from '../arguments.js';
import type { Cli } from '../cli.js';
import { columnsOf } from '../columns.js';
import { addCommand, addGroup, onCall } from '../define-command.js';
import { table } from '../layout.js';
import type { Messages } from '../messages/en.js';
import { withDatabase } from '../open-database.js';

interface Options {
  readonly since?: Date;
  readonly actor?: string;
  readonly action?: AuditAction;
  readonly before?: number;
  readonly limit: number;
}

export function addAudit(program: Command, cli: Cli): void {
  const { commands, options, audit: says } = cli.messages;
  const audit = addGroup(program, 'audit', commands.audit);
  const command = addCommand(audit, 'list', { summary: commands.auditList, example: 'audit list --since 7d --action queue.pause' }, cli)
    .option('--since <when>', options.since, pastInstant)
    .option('--actor <actor>', says.actor)
    .addOption(new Option('--action <action>', says.action).choices(auditActions))
    .option('--before <number>', says.before, id)
    .option('--limit <n>', options.limit, wholeNumber(1, 1_000), 100);
  onCall<Options>(command, cli, async ({ since, actor, action, before, limit }) => {
    const { listAudit } = await import('../../security/audit.js');
    const filter = {
      limit,
      ...(since === undefined ? {} : { since }),
      ...(actor === undefined ? {} : { actor }),
      ...(action === undefined ? {} : { action }),
      ...(before === undefined ? {} : { beforeSeq: before }),
    };
    const entries = await withDatabase(cli, (database) => listAudit(database, filter));
    return { data: { entries }, text: entries.length === 0 ? cli.messages.none : renderAudit(entries, cli.messages) };
  });
}

function renderAudit(entries: readonly AuditEntry[], messages: Messages): string {
  const rows = entries.map(({ seq, at, actor, action, target, reason }) => [String(seq), at, actor, action, target, reason]);
  return table(columnsOf(messages, 'number', 'at', 'who', 'what', 'toWhat', 'why'), rows);
}
