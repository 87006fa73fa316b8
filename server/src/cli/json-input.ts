import { readFile } from 'node:fs/promises';
import { TodokuError } from '../errors/todoku-error.js';
import type { JsonValue } from '../http/json/parse-json.js';
import type { Terminal } from './terminal.js';

/** JSON from a file, or from standard input when `path` is `-`. Throws INVALID_INPUT. */
export async function readJson(path: string, terminal: Terminal): Promise<JsonValue> {
  return await parseJsonText(path === '-' ? await terminal.readInput() : await readText(path), path === '-' ? 'stdin' : path);
}

/** By the same rules as the API, so that nothing changes on its way to a device. Throws INVALID_INPUT. */
export async function parseJsonText(text: string, source: string): Promise<JsonValue> {
  const { parseJson } = await import('../http/json/parse-json.js');
  const { JsonProblem } = await import('../http/json/json-problem.js');
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    const path = error.path === '' ? source : error.path;
    throw new TodokuError('INVALID_INPUT', { message: `${path}: ${error.message}`, path });
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new TodokuError('INVALID_INPUT', { message: `${path} can't be read (${code}).`, path: 'file', cause: error });
  }
}
