import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** Whoever sends more than this for nothing, or takes longer, may find the connection closed under it. */
const mostBytes = 64 * 1_048_576;
const longestMs = 5_000;

/**
 * Reads out, into nothing, what is still coming of a body that was refused as too large, before that is answered: a client that is busy writing
 * to a connection which closes sees that and not the answer.
 */
export function readOutRefusedBodies(app: FastifyInstance): void {
  // Every answer comes by here: no promise for those that it does not concern.
  app.addHook('onSend', (request, reply, _payload, done) => {
    if (reply.statusCode === 413 && !request.raw.complete) readOut(request.raw, done);
    else done();
  });
}

function readOut(body: IncomingMessage, done: () => void): void {
  if (Number(body.headers['content-length'] ?? 0) > mostBytes) return done();
  let bytes = 0;
  const stop = (): void => {
    clearTimeout(timer);
    body.off('data', count).off('end', stop).off('close', stop).off('error', stop);
    done();
  };
  const count = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > mostBytes) stop();
  };
  const timer = setTimeout(stop, longestMs);
  body.on('data', count).on('end', stop).on('close', stop).on('error', stop).resume();
}
