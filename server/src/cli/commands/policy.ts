import { type Command, InvalidArgumentError } from 'commander';
import { laneNames } from '../../planning/lane-names.js';
import type { SystemPolicy } from '../../planning/policy-manager.js';
import type { Cli } from '../cli.js';
import { addCommand, addGroup, needsReason, onCall } from '../define-command.js';
import { fields } from '../layout.js';
import { withDatabase } from '../open-database.js';

export function addPolicy(program: Command, cli: Cli): void {
  const policy = addGroup(program, 'policy', cli.messages.commands.policy);
  addShow(policy, cli);
  addSet(policy, cli);
}

function addShow(policy: Command, cli: Cli): void {
  const command = addCommand(policy, 'show', { summary: cli.messages.commands.policyShow, example: 'policy show' }, cli);
  onCall(command, cli, async () => {
    const { PolicyManager } = await import('../../planning/policy-manager.js');
    const found = await withDatabase(cli, (database) => new PolicyManager(database).read());
    return { data: found, text: renderPolicy(found) };
  });
}

function addSet(policy: Command, cli: Cli): void {
  const { commands, policy: says } = cli.messages;
  const text = { summary: commands.policySet, example: `policy set capLimit=20 defaultTimezone=Europe/Berlin --reason 'fewer a day'` };
  const command = needsReason(addCommand(policy, 'set', text, cli), cli).argument('<field=value...>', says.assignment, assignment);
  onCall<{ readonly reason: string }>(command, cli, async ({ reason }, assignments) => {
    const { parseInput } = await import('../../errors/parse-input.js');
    const { PolicyManager, policySchema } = await import('../../planning/policy-manager.js');
    const asked = parseInput(policySchema.partial(), Object.fromEntries(assignments.map(readAssignment)));
    const changes = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as Partial<SystemPolicy>;
    const by = { actor: cli.actor, reason };
    const after = await withDatabase(cli, (database) => new PolicyManager(database).change(changes, by));
    return { data: after, text: `${says.saved}\n${renderPolicy(after)}` };
  });
}

const renderPolicy = (policy: SystemPolicy): string =>
  fields(Object.entries({ ...policy, defaultLane: laneNames[policy.defaultLane] }).map(([name, value]) => [name, String(value ?? 'none')]));

function assignment(text: string, others: readonly string[] | undefined): string[] {
  if (!/^[a-zA-Z]+=.+$/s.test(text)) throw new InvalidArgumentError('It has to be as in capLimit=20; none for no limit.');
  return [...(others ?? []), text];
}

/** A number where it is one, null for `none`. */
function readAssignment(text: string): [name: string, value: unknown] {
  const [name, value] = [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)];
  if (value === 'none') return [name, null];
  return [name, /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value];
}
