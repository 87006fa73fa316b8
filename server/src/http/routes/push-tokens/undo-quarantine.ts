import { z } from 'zod';
import { instant } from '../../../notifications/instant.js';
import { actorOf } from '../../caller.js';
import { given } from '../../given.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { reason } from '../../schemas.js';

export function undoQuarantine({ pushTokenManager }: HttpParts): Route {
  return route({
    method: 'POST',
    url: '/v1/push-tokens/quarantine/undo',
    access: ['operate'],
    tag: 'Push tokens',
    summary: 'Make tokens active again that were called dead since a time',
    body: z.strictObject({ since: instant, projectId: z.int().min(1).max(32_767).optional(), reason }),
    answers: { 200: z.object({ tokens: z.int().meta({ description: 'How many are active again' }) }) },
    handle: async ({ caller, body: { since, projectId, reason: why } }) => ({
      tokens: await pushTokenManager.quarantine.undo(given({ since, projectId }), { actor: actorOf(caller), reason: why }),
    }),
  });
}
