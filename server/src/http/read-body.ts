import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { TodokuError } from '../errors/todoku-error.js';
import { JsonProblem } from './json/json-problem.js';
import { type JsonValue, parseJson } from './json/parse-json.js';

const inflate = promisify(gunzip);
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Throws INVALID_INPUT. */
export function parseBody(bytes: Buffer): JsonValue {
  try {
    return parseJson(strictUtf8.decode(bytes));
  } catch (error) {
    if (error instanceof JsonProblem) throw invalid(error.path, error.message);
    throw invalid('', 'the body is not UTF-8');
  }
}

/** The body as it was before it was compressed, at most `limit` bytes. Throws INVALID_INPUT, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE. */
export async function decompressBody(encoding: string | undefined, received: Buffer, limit: number): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity') return received;
  if (encoding !== 'gzip')
    throw new TodokuError('UNSUPPORTED_MEDIA_TYPE', { message: 'The body may be compressed with gzip and with nothing else.' });
  try {
    return await inflate(received, { maxOutputLength: limit });
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === 'ERR_BUFFER_TOO_LARGE') throw new TodokuError('BODY_TOO_LARGE');
    throw invalid('', 'the body is not gzip, as content-encoding says');
  }
}

function invalid(path: string, problem: string): TodokuError {
  return new TodokuError('INVALID_INPUT', { message: path === '' ? problem : `${path}: ${problem}`, path });
}
