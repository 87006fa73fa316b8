import { z } from 'zod';
import { actorOf } from '../../caller.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { numberParams, reasonBody } from '../../schemas.js';

export function unfreezeProject({ pushTokenManager }: HttpParts): Route {
  return route({
    method: 'POST',
    url: '/v1/projects/:id/unfreeze',
    access: ['operate'],
    tag: 'Push tokens',
    summary: 'Let tokens of a project be called dead again, after too many had been at once',
    params: numberParams,
    body: reasonBody,
    answers: { 200: z.object({ unfrozen: z.boolean().meta({ description: 'false: it was not frozen' }) }) },
    handle: async ({ caller, params, body }) => ({
      unfrozen: await pushTokenManager.quarantine.unfreeze(params.id, { actor: actorOf(caller), reason: body.reason }),
    }),
  });
}
