import type { Command } from 'commander';
import type { Quarantine } from '../../tokens/quarantine.js';
import { pastInstant, uuidText, wholeNumber } from '../arguments.js';
import type { Cli } from '../cli.js';
import { columnsOf } from '../columns.js';
import { addCommand, addGroup, needsReason, onCall } from '../define-command.js';
import { show, table } from '../layout.js';
import { withDatabase } from '../open-database.js';
import { tokenManager } from '../open-tokens.js';
import { stderrLogger } from '../stderr-logger.js';
import { addRemoveInvalid, addReregister, addValidate } from './tend-tokens.js';

const projectNumber = wholeNumber(1, 32_767);

export function addTokens(program: Command, cli: Cli): void {
  const tokens = addGroup(program, 'tokens', cli.messages.commands.tokens);
  for (const add of [addList, addQuarantined, addUndo, addUnfreeze, addValidate, addRemoveInvalid, addReregister]) add(tokens, cli);
}

async function withQuarantine<T>(cli: Cli, work: (quarantine: Quarantine) => Promise<T>): Promise<T> {
  const { Quarantine: Keeper } = await import('../../tokens/quarantine.js');
  return await withDatabase(cli, (database) => work(new Keeper(database, stderrLogger(cli.terminal))));
}

function addList(tokens: Command, cli: Cli): void {
  const { commands, options, none } = cli.messages;
  const text = { summary: commands.tokensList, example: 'tokens list --user 7d9f6c1e-0b53-4c8e-9f8e-1f2a3b4c5d6e' };
  const command = addCommand(tokens, 'list', text, cli).requiredOption('--user <id>', options.user, uuidText);
  onCall<{ readonly user: string }>(command, cli, async ({ user }) => {
    const found = await withDatabase(cli, async (database, config) => (await tokenManager(database, config, cli)).list(user));
    const rows = found.map(({ tokenId, masked, platform, state, stateReason, provider, project, appVersion, registeredAt }) => [
      ...[tokenId, masked, platform, state, stateReason],
      ...[`${provider}/${project}`, appVersion, registeredAt],
    ]);
    const headings = columnsOf(cli.messages, 'id', 'token', 'platform', 'state', 'reason', 'project', 'app', 'registered');
    return { data: { tokens: found }, text: found.length === 0 ? none : table(headings, rows) };
  });
}

interface QuarantinedOptions {
  readonly since?: Date;
  readonly project?: number;
  readonly limit: number;
}

function addQuarantined(tokens: Command, cli: Cli): void {
  const { commands, options, none } = cli.messages;
  const command = addCommand(tokens, 'quarantined', { summary: commands.tokensQuarantined, example: 'tokens quarantined --since 24h' }, cli)
    .option('--since <when>', options.since, pastInstant)
    .option('--project <n>', options.project, projectNumber)
    .option('--limit <n>', options.limit, wholeNumber(1, 1_000), 100);
  onCall<QuarantinedOptions>(command, cli, async ({ since, project, limit }) => {
    const which = { limit, ...(since === undefined ? {} : { since }), ...(project === undefined ? {} : { projectId: project }) };
    const found = await withQuarantine(cli, (quarantine) => quarantine.list(which));
    const rows = found.map(({ tokenId, userId, projectId, platform, reason, since: at }) => [
      tokenId,
      userId,
      projectId,
      platform,
      reason,
      at,
    ]);
    return {
      data: { tokens: found },
      text: found.length === 0 ? none : table(columnsOf(cli.messages, 'id', 'user', 'project', 'platform', 'reason', 'since'), rows),
    };
  });
}

function addUndo(tokens: Command, cli: Cli): void {
  const { commands, options, tokens: says } = cli.messages;
  const text = { summary: commands.tokensUndo, example: `tokens undo --since 2h --reason 'wrong credentials were deployed'` };
  const command = needsReason(addCommand(tokens, 'undo', text, cli), cli)
    .requiredOption('--since <when>', options.since, pastInstant)
    .option('--project <n>', options.project, projectNumber);
  onCall<{ readonly since: Date; readonly project?: number; readonly reason: string }>(command, cli, async ({ since, project, reason }) => {
    const which = { since, ...(project === undefined ? {} : { projectId: project }) };
    const undone = await withQuarantine(cli, (quarantine) => quarantine.undo(which, { actor: cli.actor, reason }));
    return { data: { undone, ...which }, text: says.undone(show(undone)) };
  });
}

function addUnfreeze(tokens: Command, cli: Cli): void {
  const { commands, options, tokens: says, nothingChanged } = cli.messages;
  const text = { summary: commands.tokensUnfreeze, example: `tokens unfreeze --project 1 --reason 'they really are dead'` };
  const command = needsReason(addCommand(tokens, 'unfreeze', text, cli), cli).requiredOption(
    '--project <n>',
    options.project,
    projectNumber,
  );
  onCall<{ readonly project: number; readonly reason: string }>(command, cli, async ({ project, reason }) => {
    const unfrozen = await withQuarantine(cli, (quarantine) => quarantine.unfreeze(project, { actor: cli.actor, reason }));
    return { data: { project, unfrozen }, text: unfrozen ? says.unfrozen : nothingChanged };
  });
}
