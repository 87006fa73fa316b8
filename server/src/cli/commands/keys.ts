import type { Command } from 'commander';
import type { Scope } from '../../security/api-key-store.js';
import type { ApiKeys } from '../../security/api-keys.js';
import { instant, listOf, plainText } from '../arguments.js';
import type { Cli } from '../cli.js';
import { columnsOf } from '../columns.js';
import { addCommand, addGroup, needsReason, onCall } from '../define-command.js';
import { table } from '../layout.js';
import { withDatabase } from '../open-database.js';
import { stderrLogger } from '../stderr-logger.js';

const scopes = ['send', 'operate', 'admin'] as const satisfies readonly Scope[];

export function addKeys(program: Command, cli: Cli): void {
  const keys = addGroup(program, 'keys', cli.messages.commands.keys);
  for (const add of [addCreate, addList, addRevoke]) add(keys, cli);
}

async function withKeys<T>(cli: Cli, work: (keys: ApiKeys) => Promise<T>): Promise<T> {
  const { ApiKeys: Keys } = await import('../../security/api-keys.js');
  const { systemClock } = await import('../../clock/clock.js');
  return await withDatabase(cli, (database) => work(new Keys({ database, clock: systemClock, log: stderrLogger(cli.terminal) })));
}

interface CreateOptions {
  readonly name: string;
  readonly scopes: Scope[];
  readonly expires?: Date;
  readonly reason: string;
}

function addCreate(keys: Command, cli: Cli): void {
  const { commands, keys: says } = cli.messages;
  const text = { summary: commands.keysCreate, example: `keys create --name backend --scopes send --reason 'the app sends reminders'` };
  const command = needsReason(addCommand(keys, 'create', text, cli), cli)
    .requiredOption('--name <text>', says.name, plainText)
    .requiredOption('--scopes <list>', says.scopes, listOf(scopes))
    .option('--expires <time>', says.expires, instant);
  onCall<CreateOptions>(command, cli, async ({ name, scopes: asked, expires, reason }) => {
    const key = { name, scopes: asked, ...(expires === undefined ? {} : { expiresAt: expires }) };
    const { id, text: secret } = await withKeys(cli, (apiKeys) => apiKeys.create(key, { actor: cli.actor, reason }));
    return { data: { id, key: secret, ...key }, text: `${says.once}\n${secret}` };
  });
}

function addList(keys: Command, cli: Cli): void {
  const command = addCommand(keys, 'list', { summary: cli.messages.commands.keysList, example: 'keys list' }, cli);
  onCall(command, cli, async () => {
    const found = await withKeys(cli, (apiKeys) => apiKeys.list());
    const rows = found.map(({ id, name, scopes: allowed, createdBy, createdAt, expiresAt, revokedAt, lastUsedAt }) => [
      ...[id, name, allowed.join(' '), createdBy],
      ...[createdAt, expiresAt, revokedAt, lastUsedAt],
    ]);
    const headings = columnsOf(cli.messages, 'id', 'name', 'scopes', 'madeBy', 'made', 'expires', 'revoked', 'lastUsed');
    return { data: { keys: found }, text: found.length === 0 ? cli.messages.none : table(headings, rows) };
  });
}

function addRevoke(keys: Command, cli: Cli): void {
  const { commands, keys: says } = cli.messages;
  const text = { summary: commands.keysRevoke, example: `keys revoke 0AbCdEfGhIjK --reason 'it was in a chat'` };
  const command = needsReason(addCommand(keys, 'revoke <id>', text, cli), cli);
  onCall<{ readonly reason: string }>(command, cli, async ({ reason }, [id = '']) => {
    const revoked = await withKeys(cli, (apiKeys) => apiKeys.revoke(id, { actor: cli.actor, reason }));
    return { data: { id, revoked }, text: revoked ? says.revoked : says.revokedBefore };
  });
}
