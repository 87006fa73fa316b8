import type { Command } from 'commander';
import { TodokuError } from '../../errors/todoku-error.js';
import { staleDays, type TokenValidation } from '../../tokens/validate-tokens.js';
import { listOf, uuidText, wholeNumber } from '../arguments.js';
import type { Cli } from '../cli.js';
import { addCommand, needsReason, onCall } from '../define-command.js';
import { show, tally } from '../layout.js';
import type { Messages } from '../messages/en.js';
import { withDatabase } from '../open-database.js';
import { tokenManager } from '../open-tokens.js';

const reregisterStates = ['active', 'quarantined', 'invalid'] as const;

export function addValidate(tokens: Command, cli: Cli): void {
  const command = addCommand(tokens, 'validate', { summary: cli.messages.tend.validate, example: 'tokens validate' }, cli);
  onCall(command, cli, async () => {
    const found = await withDatabase(cli, async (database, config) => (await tokenManager(database, config, cli)).validateAllTokens());
    return { data: found, text: renderValidation(found, cli.messages), exitCode: found.problemCount === 0 ? 0 : 1 };
  });
}

function renderValidation({ checked, states, problems, problemCount, stale, orphans }: TokenValidation, { tend: says }: Messages): string {
  const lines = [`${says.checked(show(checked))} ${tally(states)}`];
  if (problemCount > 0) lines.push(says.problems(show(problemCount)), ...problems.map(({ tokenId, code }) => `  ${tokenId}  ${code}`));
  if (stale > 0) lines.push(says.stale(show(stale), staleDays));
  if (orphans !== null && orphans > 0) lines.push(says.orphans(show(orphans)));
  return lines.join('\n');
}

export function addRemoveInvalid(tokens: Command, cli: Cli): void {
  const { tend: says } = cli.messages;
  const text = { summary: says.removeInvalid, example: `tokens remove-invalid --older-than 7 --reason 'the weekly task'` };
  const command = needsReason(addCommand(tokens, 'remove-invalid', text, cli), cli).option(
    '--older-than <days>',
    says.olderThan,
    wholeNumber(1, 3650),
    7,
  );
  onCall<{ readonly olderThan: number; readonly reason: string }>(command, cli, async ({ olderThan, reason }) => {
    const removed = await withDatabase(cli, async (database, config) =>
      (await tokenManager(database, config, cli)).removeInvalidTokens({ olderThanDays: olderThan, by: { actor: cli.actor, reason } }),
    );
    return { data: { removed }, text: says.removed(show(removed)) };
  });
}

interface ReregisterOptions {
  readonly user?: string;
  readonly states?: readonly (typeof reregisterStates)[number][];
  readonly reason: string;
}

export function addReregister(tokens: Command, cli: Cli): void {
  const { tend: says } = cli.messages;
  const text = { summary: says.reregister, example: `tokens ask-to-reregister --states quarantined --reason 'new credentials'` };
  const command = needsReason(addCommand(tokens, 'ask-to-reregister', text, cli), cli)
    .option('--user <id>', says.user, uuidText)
    .option('--states <states>', says.states, listOf(reregisterStates));
  onCall<ReregisterOptions>(command, cli, async ({ user, states, reason }) => {
    if ((user === undefined) === (states === undefined)) throw new TodokuError('INVALID_INPUT', { path: '--user', message: says.which });
    const target = user === undefined ? { states: states ?? [] } : { userId: user };
    const marked = await withDatabase(cli, async (database, config) =>
      (await tokenManager(database, config, cli)).askToReregister(target, { actor: cli.actor, reason }),
    );
    return { data: { marked }, text: says.marked(show(marked)) };
  });
}
