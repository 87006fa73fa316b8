import type { FastifyReply } from 'fastify';

/** Answers are data: nothing in them may run, be framed, be guessed to be something else, or be kept by a cache. */
export const securityHeaders: readonly (readonly [string, string])[] = [
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
  ['referrer-policy', 'no-referrer'],
  ['cache-control', 'no-store'],
  ['cross-origin-resource-policy', 'same-origin'],
];

/** Sets those that the route has not set itself (the documentation page runs scripts of its own). */
export function setSecurityHeaders(reply: FastifyReply): void {
  for (const [name, value] of securityHeaders) if (!reply.hasHeader(name)) reply.header(name, value);
}
