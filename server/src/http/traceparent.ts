import type { FastifyRequest } from 'fastify';

/** W3C trace context of the caller; whether it is one, tracing judges. */
export function traceparentOf({ headers: { traceparent } }: Pick<FastifyRequest, 'headers'>): string | null {
  return typeof traceparent === 'string' ? traceparent : null;
}
