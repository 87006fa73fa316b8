import { gunzipSync, gzipSync } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { connectFailureCode, type NotSentCode } from './connect-failure.js';

/** Bodies up to here are not worth compressing. */
const compressFromBytes = 1024;

/** Most bytes of an answer, compressed and decompressed alike. */
export const longestAnswerBytes = 1_048_576;

interface ExchangeRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** For everything, from here to the last byte of the answer. */
  readonly deadlineMs: number;
}

type BrokenCode = 'CONNECTION_LOST' | 'DEADLINE_EXCEEDED' | 'ANSWER_TOO_LARGE' | 'ANSWER_UNREADABLE';

/** How far a request came. What is certain decides whether it may be repeated. */
export type Exchange =
  /** Not one byte of it was written: repeating it can't double anything. */
  | { readonly kind: 'not_sent'; readonly code: NotSentCode }
  /** Written, perhaps in part, and not even a status came back. */
  | { readonly kind: 'no_answer'; readonly code: BrokenCode }
  /** A status came. `text` is null when the body didn't come whole, is too large or can't be decompressed; `broken` says which. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly retryAfter: string | null;
      readonly text: string | null;
      readonly broken: BrokenCode | null;
    };

/**
 * On this thread, with little memory: on 2 cores a body of 100 messages (19 KB) costs 63 µs of processor so, 103 with the default window, and 232 in
 * the thread pool; its answer 70 against 394. Most of that is memory that is set up and thrown away, and the loop would wait for a core as well.
 */
const compression = { level: 1, windowBits: 13, memLevel: 7 } as const;

/**
 * One POST of JSON over a pool, never repeated. It always comes back within the deadline and never rejects.
 *
 * The total deadline is our own timer: undici's body timeout only bounds the gap between two chunks, so that a byte now and then
 * holds a request for ever. The answer is collected here, because undici's own size limit counts compressed bytes: 194 KB of gzip
 * became 200 MB under a limit of 1 MB.
 */
export async function exchange(dispatcher: Dispatcher, request: ExchangeRequest): Promise<Exchange> {
  const until = performance.now() + request.deadlineMs;
  const plain = Buffer.from(request.body);
  const compressed = plain.length > compressFromBytes ? gzipSync(plain, compression) : null;
  const headers = {
    ...request.headers,
    accept: 'application/json',
    'accept-encoding': 'gzip',
    'content-type': 'application/json',
    ...(compressed === null ? {} : { 'content-encoding': 'gzip' }),
  };
  const answer = await post(dispatcher, { path: request.path, headers, body: compressed ?? plain }, until - performance.now());
  return answer.kind === 'raw' ? readAnswer(answer) : answer;
}

interface RawAnswer {
  readonly kind: 'raw';
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly chunks: readonly Buffer[];
  readonly broken: BrokenCode | null;
}

type Posted = Exclude<Exchange, { kind: 'answer' }> | RawAnswer;

interface Post {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * States: waiting (for a connection; nothing written) → started (the next thing undici does is to write) → answering (a status came)
 * → settled. A request that settles while waiting is aborted when its connection comes, before a byte is written.
 */
function post(dispatcher: Dispatcher, { path, headers, body }: Post, deadlineMs: number): Promise<Posted> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | null = null;
    let head: Pick<RawAnswer, 'status' | 'headers'> | null = null;
    let settled = false;
    let bytes = 0;
    const chunks: Buffer[] = [];

    const settle = (result: Posted): void => {
      if (settled) return;
      settled = true;
      clearTimeout(deadline);
      resolve(result);
    };
    const breakOff = (code: BrokenCode): void => {
      settle(head === null ? { kind: 'no_answer', code } : { kind: 'raw', ...head, chunks: [], broken: code });
      controller?.abort(new Error(code));
    };
    const fail = (error: unknown): void => {
      if (controller === null) settle({ kind: 'not_sent', code: connectFailureCode(error) });
      else breakOff('CONNECTION_LOST');
    };
    const deadline = setTimeout(
      () => {
        if (controller === null) settle({ kind: 'not_sent', code: 'DEADLINE_BEFORE_SEND' });
        else breakOff('DEADLINE_EXCEEDED');
      },
      Math.max(deadlineMs, 0),
    );

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(starting) {
        // Settled while waiting, or about to be written a second time: neither may reach the wire.
        if (settled || controller !== null) starting.abort(new Error('given up'));
        else controller = starting;
      },
      onResponseStart(_controller, status, responseHeaders) {
        // Informational answers (1xx) come before the one that counts.
        if (status >= 200) head = { status, headers: responseHeaders };
      },
      onResponseData(_controller, chunk) {
        bytes += chunk.length;
        if (bytes > longestAnswerBytes) breakOff('ANSWER_TOO_LARGE');
        else chunks.push(chunk);
      },
      onResponseEnd() {
        if (head === null) breakOff('CONNECTION_LOST');
        else settle({ kind: 'raw', ...head, chunks, broken: null });
      },
      onResponseError(_controller, error) {
        fail(error);
      },
    };
    try {
      dispatcher.dispatch({ path, method: 'POST', headers, body, headersTimeout: 0, bodyTimeout: 0 }, handler);
    } catch (error) {
      fail(error);
    }
  });
}

function readAnswer({ status, headers, chunks, broken }: RawAnswer): Exchange {
  const retryAfter = typeof headers['retry-after'] === 'string' ? headers['retry-after'] : null;
  if (broken !== null) return { kind: 'answer', status, retryAfter, text: null, broken };
  try {
    const body = decode(Buffer.concat(chunks), headers['content-encoding']?.toString().toLowerCase());
    return { kind: 'answer', status, retryAfter, text: body.toString('utf8'), broken: null };
  } catch (error) {
    const tooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    return { kind: 'answer', status, retryAfter, text: null, broken: tooLarge ? 'ANSWER_TOO_LARGE' : 'ANSWER_UNREADABLE' };
  }
}

function decode(body: Buffer, encoding: string | undefined): Buffer {
  if (encoding === undefined || encoding === 'identity') return body;
  if (encoding === 'gzip' || encoding === 'x-gzip') return gunzipSync(body, { maxOutputLength: longestAnswerBytes });
  throw new Error('an encoding that was not asked for');
}
