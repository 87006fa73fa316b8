import type { IncomingMessage } from 'node:http';
import { gunzipSync, inflateSync } from 'node:zlib';

/** Why a body could not be read, as an HTTP status and a text. */
export interface BodyProblem {
  readonly status: 400 | 413 | 415;
  readonly message: string;
}

export interface BodyLimits {
  /** Bytes on the wire. */
  readonly wire: number;
  /** Bytes after decompression. */
  readonly plain: number;
}

/** Most requests arrive as one or two pieces; a body over the limit is read to its end but not kept. */
export function readBody(req: IncomingMessage, limit: number, done: (body: Buffer | null) => void): void {
  let first: Buffer | undefined;
  let rest: Buffer[] | undefined;
  let bytes = 0;
  req.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > limit) {
      first = undefined;
      rest = undefined;
    } else if (first === undefined) {
      first = piece;
    } else {
      rest ??= [first];
      rest.push(piece);
    }
  });
  req.on('end', () => {
    if (bytes > limit) done(null);
    else done(rest ? Buffer.concat(rest, bytes) : (first ?? Buffer.alloc(0)));
  });
}

/**
 * Body as text. Synchronous on purpose: a request is some 10 kB compressed, and a trip through the thread pool
 * costs more than the work.
 */
export function decodeBody(body: Buffer, encoding: string | undefined, limit: number): string | BodyProblem {
  try {
    switch (encoding) {
      case undefined:
      case 'identity':
        return body.toString('utf8');
      case 'gzip':
        return gunzipSync(body, { maxOutputLength: limit }).toString('utf8');
      case 'deflate':
        return inflateSync(body, { maxOutputLength: limit }).toString('utf8');
      default:
        return { status: 415, message: `Content-Encoding ${encoding} is not supported.` };
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
      return { status: 413, message: `The body is over ${limit} bytes after decompression.` };
    }
    return { status: 400, message: 'The body could not be decompressed.' };
  }
}
