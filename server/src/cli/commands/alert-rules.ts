import { type Command, InvalidArgumentError } from 'commander';
import type { StoredRule } from '../../monitoring/alerts/rule-book.js';
import { plainText } from '../arguments.js';
import type { Answer, Cli } from '../cli.js';
import { addCommand, addGroup, needsReason, onCall } from '../define-command.js';
import { withAlerts } from '../with-alerts.js';

export function addAlertRules(alerts: Command, cli: Cli): void {
  addList(alerts, cli);
  const rule = addGroup(alerts, 'rule', cli.messages.alerts.commands.rule);
  for (const add of [addSet, addAdd, addRemove]) add(rule, cli);
}

function addList(alerts: Command, cli: Cli): void {
  const command = addCommand(alerts, 'rules', { summary: cli.messages.alerts.commands.rules, example: 'alerts rules' }, cli);
  onCall(command, cli, async () => {
    const { renderRules } = await import('../render-alerts.js');
    const rules = await withAlerts(cli, (manager) => manager.rules());
    return { data: { rules }, text: renderRules(rules, cli) };
  });
}

function addSet(rule: Command, cli: Cli): void {
  const { alerts: says } = cli.messages;
  const text = {
    summary: says.commands.ruleSet,
    example: `alerts rule set queue-backlog threshold=200 clearThreshold=100 --reason 'we have grown'`,
  };
  const command = assignments(needsReason(addCommand(rule, 'set', text, cli), cli).argument('<rule>', says.columns.rule, plainText), cli);
  onCall<{ readonly reason: string }>(command, cli, async ({ reason }, [name = '', ...given]) => {
    const { parseInput } = await import('../../errors/parse-input.js');
    const { ruleChangesSchema } = await import('../../monitoring/alerts/rule-input.js');
    const asked = parseInput(ruleChangesSchema, Object.fromEntries(given.map(readAssignment)));
    const changes = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
    const stored = await withAlerts(cli, (manager) => manager.changeRule(name, changes, { actor: cli.actor, reason }));
    return answer(stored, says.saved, cli);
  });
}

function addAdd(rule: Command, cli: Cli): void {
  const { alerts: says } = cli.messages;
  const text = {
    summary: says.commands.ruleAdd,
    example: `alerts rule add delivery-collapses figure=delivery_success_rate comparison=below threshold=0.5 severity=page --reason 'worse than low'`,
  };
  const command = assignments(needsReason(addCommand(rule, 'add', text, cli), cli).argument('<rule>', says.columns.rule, plainText), cli);
  onCall<{ readonly reason: string }>(command, cli, async ({ reason }, [name = '', ...given]) => {
    const { parseInput } = await import('../../errors/parse-input.js');
    const { newRuleSchema, ruleNameSchema } = await import('../../monitoring/alerts/rule-input.js');
    const known = parseInput(newRuleSchema.extend({ name: ruleNameSchema }), { name, ...Object.fromEntries(given.map(readAssignment)) });
    const { name: checked, ...asked } = known;
    const stored = await withAlerts(cli, (manager) => manager.createRule(checked, asked, { actor: cli.actor, reason }));
    return answer(stored, says.added, cli);
  });
}

function addRemove(rule: Command, cli: Cli): void {
  const { alerts: says } = cli.messages;
  const text = { summary: says.commands.ruleRemove, example: `alerts rule remove delivery-collapses --reason 'never needed'` };
  const command = needsReason(addCommand(rule, 'remove', text, cli), cli).argument('<rule>', says.columns.rule, plainText);
  onCall<{ readonly reason: string }>(command, cli, async ({ reason }, [name = '']) => {
    await withAlerts(cli, (manager) => manager.removeRule(name, { actor: cli.actor, reason }));
    return { data: { name, removed: true }, text: says.removed(name) };
  });
}

async function answer(stored: StoredRule, said: string, cli: Cli): Promise<Answer> {
  const { renderRules } = await import('../render-alerts.js');
  return { data: stored, text: `${said}\n${renderRules([stored], cli)}` };
}

function assignments(command: Command, { messages: { alerts: says } }: Cli): Command {
  return command.argument('<field=value...>', says.assignment, (text: string, others: readonly string[] | undefined): string[] => {
    if (!/^[a-zA-Z]+=.+$/s.test(text)) throw new InvalidArgumentError('It has to be as in threshold=0.9, forSeconds=600 or enabled=off.');
    return [...(others ?? []), text];
  });
}

/** A number where it is one; on and off for what is on or off. */
function readAssignment(text: string): [name: string, value: unknown] {
  const [name, value] = [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)];
  if (name === 'enabled' && ['on', 'true', 'off', 'false'].includes(value)) return [name, value === 'on' || value === 'true'];
  return [name, /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value];
}
