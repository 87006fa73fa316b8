import { z } from 'zod';
import { actorOf } from '../../caller.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { reasonBody } from '../../schemas.js';

export function revokeApiKey({ apiKeys }: HttpParts): Route {
  return route({
    method: 'POST',
    url: '/v1/api-keys/:id/revoke',
    access: ['admin'],
    tag: 'API keys',
    summary: 'Revoke an API key for good',
    description: 'At once in the process that answers, within five seconds in others.',
    params: z.strictObject({ id: z.string().regex(/^[0-9A-Za-z]{12}$/, 'must be the id of a key: 12 letters and digits') }),
    body: reasonBody,
    answers: { 200: z.object({ revoked: z.boolean().meta({ description: 'false: it was revoked before' }) }) },
    handle: async ({ caller, params, body }) => ({
      revoked: await apiKeys.revoke(params.id, { actor: actorOf(caller), reason: body.reason }),
    }),
  });
}
