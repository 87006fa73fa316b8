import type { Command } from 'commander';
import { TodokuError } from '../../errors/todoku-error.js';
import { uuidText } from '../arguments.js';
import type { Answer, Cli } from '../cli.js';
import { addCommand, onCall } from '../define-command.js';
import { withDatabase } from '../open-database.js';

export function addExplain(program: Command, cli: Cli): void {
  const { commands, options, explain: says } = cli.messages;
  const text = { summary: commands.explain, example: 'explain 0198f2c4-5a7b-7c1d-8e2f-3a4b5c6d7e8f' };
  const command = addCommand(program, 'explain', text, cli)
    .argument('[notification]', says.notification, uuidText)
    .option('--user <id>', options.user, uuidText);
  onCall<{ readonly user?: string }>(command, cli, async ({ user }, [id]) => {
    if ((user === undefined) === (id === undefined)) throw new TodokuError('INVALID_INPUT', { message: says.which });
    return user === undefined ? await explainNotification(id ?? '', cli) : await explainUser(user, cli);
  });
}

async function explainNotification(id: string, cli: Cli): Promise<Answer> {
  const { explainNotification: explain } = await import('../../planning/explain/explain-notification.js');
  const { renderNotification } = await import('../../planning/explain/render-notification.js');
  const story = await withDatabase(cli, (database) => explain(database, id.toLowerCase())).catch((error: unknown) => {
    // Ids look all the same: often it is a user's.
    if (!(error instanceof TodokuError) || error.code !== 'NOT_FOUND') throw error;
    throw new TodokuError('NOT_FOUND', { message: cli.messages.explain.notFound(id), cause: error });
  });
  return { data: story, text: renderNotification(story, cli.language) };
}

async function explainUser(user: string, cli: Cli): Promise<Answer> {
  const { explainUser: explain } = await import('../../planning/explain/explain-user.js');
  const { renderUser } = await import('../../planning/explain/render-user.js');
  const story = await withDatabase(cli, (database) => explain(database, user));
  return { data: story, text: renderUser(story, cli.language) };
}
