import { Argument, type Command } from 'commander';
import type { TuningOverview } from '../../performance/notification-performance-optimizer.js';
import type { TuningChange, TuningSettings } from '../../performance/tuning-values.js';
import { onOff, wholeNumber } from '../arguments.js';
import type { Answer, Cli } from '../cli.js';
import { addCommand, addGroup, needsReason, onCall } from '../define-command.js';
import { show, table } from '../layout.js';
import type { Messages } from '../messages/en.js';
import { withOptimizer } from '../open-optimizer.js';

interface Reasoned {
  readonly reason: string;
}

const STEPS = 10;

export function addTuning(program: Command, cli: Cli): void {
  const tuning = addGroup(program, 'tuning', cli.messages.tuning.summary);
  addShow(tuning, cli);
  addSet(tuning, cli);
  addAuto(tuning, cli);
  addAdjust(tuning, cli);
  addCache(tuning, cli);
}

function addShow(tuning: Command, cli: Cli): void {
  const { tuning: says } = cli.messages;
  const text = { summary: says.show, example: 'tuning show' };
  const command = addCommand(tuning, 'show', text, cli, { isDefault: true }).option('--steps <n>', says.steps, wholeNumber(0, 1000), STEPS);
  onCall<{ readonly steps: number }>(command, cli, async ({ steps }) => {
    const overview = await withOptimizer(cli, (optimizer) => optimizer.overview(steps));
    return { data: overview, text: renderTuning(overview, cli.messages) };
  });
}

function addSet(tuning: Command, cli: Cli): void {
  const { tuning: says } = cli.messages;
  const text = { summary: says.set, example: `tuning set slots 32 --reason 'the provider answers slowly tonight'` };
  const command = needsReason(addCommand(tuning, 'set', text, cli), cli)
    .addArgument(new Argument('<name>', says.name).choices(['slots', 'chunkSize', 'claimSize']))
    .argument('<value>', says.value, (value) => (value === 'default' ? null : wholeNumber(1, 200)(value)));
  onCall<Reasoned>(command, cli, ({ reason }, [name = '', value]) =>
    change(cli, { [name]: value === 'default' ? null : Number(value) }, reason),
  );
}

function addAuto(tuning: Command, cli: Cli): void {
  const { tuning: says } = cli.messages;
  const text = { summary: says.auto, example: `tuning auto off --reason 'a load test'` };
  const command = needsReason(addCommand(tuning, 'auto', text, cli), cli).argument('<on|off>', says.onOff, onOff);
  onCall<Reasoned>(command, cli, ({ reason }, [state]) => change(cli, { controller: state === 'on' }, reason));
}

function addAdjust(tuning: Command, cli: Cli): void {
  const { tuning: says } = cli.messages;
  const text = { summary: says.adjust, example: `tuning adjust --reason 'deliveries take over five seconds'` };
  const command = needsReason(addCommand(tuning, 'adjust', text, cli), cli);
  onCall<Reasoned>(command, cli, async ({ reason }) => {
    const by = { actor: cli.actor, reason };
    const found = await withOptimizer(cli, (optimizer) => optimizer.adjustConfigBasedOnPerformance(by));
    return { data: found, text: `${found.changed ? says.changed : says.unchanged}: ${found.reason}` };
  });
}

function addCache(tuning: Command, cli: Cli): void {
  const { tuning: says } = cli.messages;
  const text = { summary: says.cache, example: `tuning cache settings --ttl 120000 --reason 'settings change seldom'` };
  const command = needsReason(addCommand(tuning, 'cache', text, cli), cli)
    .addArgument(new Argument('<name>', says.cacheName).choices(['notifications', 'settings', 'tokens']))
    .option('--ttl <ms>', says.ttl, wholeNumber(100, 3_600_000))
    .option('--max-size <users>', says.maxSize, wholeNumber(1, 1_000_000))
    .option('--enabled <on|off>', says.enabled, onOff);
  onCall<Reasoned & { readonly ttl?: number; readonly maxSize?: number; readonly enabled?: boolean }>(
    command,
    cli,
    async (options, [name]) => {
      const { reason, ttl, maxSize, enabled } = options;
      if (ttl === undefined && maxSize === undefined && enabled === undefined) command.error(says.nothingNamed, { exitCode: 2 });
      return await change(cli, { [`${name}Ttl`]: ttl, [`${name}MaxSize`]: maxSize, [`${name}Enabled`]: enabled }, reason);
    },
  );
}

async function change(cli: Cli, asked: TuningChange, reason: string): Promise<Answer> {
  const by = { actor: cli.actor, reason };
  const overview = await withOptimizer(cli, async (optimizer) => {
    await optimizer.change(asked, by);
    return await optimizer.overview(1);
  });
  return { data: overview.set, text: `${cli.messages.tuning.saved}\n\n${renderTuning(overview, cli.messages)}` };
}

/** The values with where they come from, and the latest changes with their reasons. */
function renderTuning({ inForce, set, history }: TuningOverview, { tuning: says, none }: Messages): string {
  const { columns } = says;
  const source = (field: keyof TuningSettings): string => (set[field] === null ? says.byEnvironment : says.byOperator);
  const rows = [
    ...(['slots', 'chunkSize', 'claimSize'] as const).map((field) => [field, show(inForce[field]), source(field)]),
    ...(['notifications', 'settings', 'tokens'] as const).flatMap((name) => [
      [`${name} ttl`, `${show(inForce.caches[name].ttl)} ms`, source(`${name}Ttl`)],
      [`${name} maxSize`, show(inForce.caches[name].maxSize), source(`${name}MaxSize`)],
      [`${name} enabled`, inForce.caches[name].enabled ? says.on : says.off, source(`${name}Enabled`)],
    ]),
  ];
  const steps = history.map(({ at, actor, before, after, reason }) => [at, actor, difference(before, after), reason]);
  return [
    `${says.controller}: ${inForce.controller ? says.on : says.off}`,
    table([columns.name, columns.value, columns.source], rows),
    `${says.history}\n${steps.length === 0 ? none : table([columns.at, columns.actor, columns.change, columns.reason], steps)}`,
  ].join('\n\n');
}

const difference = (before: TuningOverview['history'][number]['before'], after: TuningOverview['history'][number]['after']): string =>
  Object.keys(after)
    .map((field) => `${field} ${before[field] ?? '–'} → ${after[field] ?? '–'}`)
    .join(', ');
