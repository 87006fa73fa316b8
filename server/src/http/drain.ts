import type { FastifyInstance } from 'fastify';

/**
 * Lets `close` end as soon as the requests under way are answered. States: open → closing (from `close` on): each answer ends its connection, and
 * connections that fall idle are ended; otherwise callers that keep connections alive would hold the server open for over a minute.
 */
export function endConnectionsWhenClosing(app: FastifyInstance): void {
  let closing = false;
  app.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing) reply.header('connection', 'close');
    done();
  });
  app.addHook('onResponse', (_request, _reply, done) => {
    if (closing) setImmediate(() => app.server.closeIdleConnections());
    done();
  });
}
