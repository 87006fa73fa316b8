import { type Command, Option } from 'commander';
import { TodokuError } from '../../errors/todoku-error.js';
import type { BroadcastManager } from '../../notifications/broadcasts/broadcast-manager.js';
import type { Broadcast, BroadcastProgress, BroadcastState, By } from '../../notifications/broadcasts/broadcast-types.js';
import { laneNames } from '../../planning/lane-names.js';
import { id as broadcastId, wholeNumber } from '../arguments.js';
import type { Answer, Cli } from '../cli.js';
import { columnsOf } from '../columns.js';
import { addCommand, addGroup, needsReason, onCall } from '../define-command.js';
import { parseJsonText, readJson } from '../json-input.js';
import { fields, show, table, tally } from '../layout.js';
import type { Messages } from '../messages/en.js';
import { withDatabase } from '../open-database.js';

const states = ['draft', 'running', 'paused', 'cancelled', 'done'] as const satisfies readonly BroadcastState[];

export function addBroadcast(program: Command, cli: Cli): void {
  const { commands } = cli.messages;
  const broadcast = addGroup(program, 'broadcast', commands.broadcast);
  addPreview(broadcast, cli);
  addCreate(broadcast, cli);
  addAppend(broadcast, cli);
  addAct(broadcast, 'start', { summary: commands.broadcastStart, why: 'as planned' }, cli, (manager, id, by) => manager.start(id, by));
  addList(broadcast, cli);
  addShow(broadcast, cli);
  addAct(broadcast, 'pause', { summary: commands.broadcastPause, why: 'a typo' }, cli, (manager, id, by) => manager.pause(id, by));
  addAct(broadcast, 'resume', { summary: commands.broadcastResume, why: 'it is right' }, cli, (manager, id, by) => manager.resume(id, by));
  addAct(broadcast, 'cancel', { summary: commands.broadcastCancel, why: 'a typo' }, cli, (manager, id, by) => manager.cancel(id, by));
}

async function withBroadcasts<T>(cli: Cli, work: (manager: BroadcastManager) => Promise<T>): Promise<T> {
  const { BroadcastManager: Manager } = await import('../../notifications/broadcasts/broadcast-manager.js');
  return await withDatabase(cli, (database) => work(new Manager(database)));
}

function addPreview(broadcast: Command, cli: Cli): void {
  const { commands, broadcast: says } = cli.messages;
  const example = `broadcast preview --audience '{"kind":"filter","platforms":["ios"]}'`;
  const command = addCommand(broadcast, 'preview', { summary: commands.broadcastPreview, example }, cli)
    .option('--all', says.all)
    .option('--audience <json>', says.audience);
  onCall<{ readonly all?: boolean; readonly audience?: string }>(command, cli, async ({ all = false, audience }) => {
    if (all === (audience !== undefined)) throw new TodokuError('INVALID_INPUT', { message: says.which, path: 'audience' });
    const asked = audience === undefined ? { kind: 'all' } : await parseJsonText(audience, 'audience');
    const counted = await withBroadcasts(cli, (manager) => manager.preview(asked));
    return { data: counted, text: says.counted(show(counted.users), show(counted.reachable)) };
  });
}

function addCreate(broadcast: Command, cli: Cli): void {
  const { commands, options, broadcast: says } = cli.messages;
  const text = { summary: commands.broadcastCreate, example: `broadcast create --file news.json --start --reason 'release 2.0'` };
  const command = needsReason(addCommand(broadcast, 'create', text, cli), cli)
    .requiredOption('--file <path>', options.file)
    .option('--start', says.start);
  onCall<{ readonly file: string; readonly start?: boolean; readonly reason: string }>(
    command,
    cli,
    async ({ file, start = false, reason }) => {
      const input = await readJson(file, cli.terminal);
      const made = await withBroadcasts(cli, (manager) => manager.create(input, { actor: cli.actor, reason }, { start }));
      return { data: made, text: says.made(made.id, made.state, show(made.estimate)) };
    },
  );
}

function addAppend(broadcast: Command, cli: Cli): void {
  const { commands, broadcast: says } = cli.messages;
  const text = { summary: commands.broadcastAppend, example: `broadcast append 12 --file users.json --reason 'the second half'` };
  const command = needsReason(addCommand(broadcast, 'append', text, cli), cli)
    .argument('<id>', '', broadcastId)
    .requiredOption('--file <path>', says.users);
  onCall<{ readonly file: string; readonly reason: string }>(command, cli, async ({ file, reason }, [id = '']) => {
    const users = await readJson(file, cli.terminal);
    const by = { actor: cli.actor, reason };
    const listed = await withBroadcasts(cli, (manager) => manager.appendRecipients(Number(id), users, by));
    return { data: { id: Number(id), users: listed }, text: says.listed(Number(id), show(listed)) };
  });
}

type Act = (manager: BroadcastManager, id: number, by: By) => Promise<Broadcast>;

function addAct(broadcast: Command, verb: string, text: { readonly summary: string; readonly why: string }, cli: Cli, act: Act): void {
  const example = `broadcast ${verb} 12 --reason '${text.why}'`;
  const command = needsReason(addCommand(broadcast, verb, { summary: text.summary, example }, cli), cli).argument('<id>', '', broadcastId);
  onCall<{ readonly reason: string }>(command, cli, async ({ reason }, [id = '']): Promise<Answer> => {
    const now = await withBroadcasts(cli, (manager) => act(manager, Number(id), { actor: cli.actor, reason }));
    const says = cli.messages.broadcast;
    return { data: now, text: verb === 'cancel' && now.state === 'done' ? says.nothingLeft(now.id) : says.isNow(now.id, now.state) };
  });
}

function addList(broadcast: Command, cli: Cli): void {
  const { commands, options, broadcast: says, none } = cli.messages;
  const command = addCommand(broadcast, 'list', { summary: commands.broadcastList, example: 'broadcast list --state running' }, cli)
    .addOption(new Option('--state <state>', says.state).choices(states))
    .option('--limit <n>', options.limit, wholeNumber(1, 1_000), 50);
  onCall<{ readonly state?: BroadcastState; readonly limit: number }>(command, cli, async ({ state, limit }) => {
    const found = await withBroadcasts(cli, (manager) => manager.list({ limit, ...(state === undefined ? {} : { state }) }));
    const rows = found.map((one) => [
      one.id,
      one.state,
      one.type,
      one.title,
      one.audience.kind,
      one.created,
      one.estimate,
      one.createdBy,
      one.createdAt,
    ]);
    const headings = columnsOf(cli.messages, 'id', 'state', 'type', 'title', 'audience', 'made', 'total', 'by', 'at');
    return { data: { broadcasts: found }, text: found.length === 0 ? none : table(headings, rows) };
  });
}

function addShow(broadcast: Command, cli: Cli): void {
  const text = { summary: cli.messages.commands.broadcastShow, example: 'broadcast show 12' };
  const command = addCommand(broadcast, 'show', text, cli).argument('<id>', '', broadcastId);
  onCall(command, cli, async (_, [id = '']) => {
    const found = await withBroadcasts(cli, (manager) => manager.get(Number(id)));
    return { data: found, text: renderBroadcast(found, cli.messages) };
  });
}

function renderBroadcast(
  one: Broadcast & { readonly progress: BroadcastProgress },
  { ledger: says, columns, broadcast }: Messages,
): string {
  const { progress } = one;
  return fields([
    [columns.id, String(one.id)],
    [columns.state, one.state],
    [columns.type, one.type],
    [columns.title, one.title],
    [columns.lane, laneNames[one.lane as 0 | 1 | 2]],
    [columns.audience, one.audience.kind],
    [columns.made, `${show(one.created)} / ${show(one.estimate)}`],
    [columns.progress, progressText(progress, broadcast)],
    [says.suppressed, tally(progress.suppressed)],
    [says.held, progress.held],
    [says.planned, progress.planned],
    [columns.deliveries, progress.deliveries],
    [says.queued, progress.waiting],
    [says.awaitingReceipt, progress.awaitingReceipt],
    [columns.ended, tally(progress.ended)],
    [columns.unaccounted, progress.unaccounted],
  ]);
}

/** `80 %, 120/s, 30 s left`: pace and time only while something waits in the queue; quiet hours go by no pace. */
function progressText({ percent, perSecond, secondsLeft, waiting }: BroadcastProgress, says: Messages['broadcast']): string {
  const parts = [`${show(percent)} %`];
  if (waiting === 0) return parts.join('');
  if (perSecond !== null) parts.push(says.pace(show(perSecond)));
  if (secondsLeft !== null) parts.push(says.left(show(secondsLeft)));
  return parts.join(', ');
}
