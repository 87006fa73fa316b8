import { z } from 'zod';
import { recipientsSchema } from '../../../notifications/broadcasts/broadcast-input.js';
import { actorOf } from '../../caller.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { numberParams, reason } from '../../schemas.js';

const bodyLimit = 8 * 1_048_576;

export function appendRecipients({ broadcastManager }: HttpParts): Route {
  return route({
    method: 'POST',
    url: '/v1/broadcasts/:id/recipients',
    access: ['operate'],
    tag: 'Broadcasts',
    summary: 'Add users to the list of a draft',
    description: 'Those that are in it already stay in it once: safe to repeat.',
    params: numberParams,
    body: recipientsSchema.extend({ reason }),
    bodyLimit,
    answers: { 200: z.object({ users: z.int().meta({ description: 'How many are in the list now' }) }) },
    handle: async ({ caller, params, body }) => ({
      users: await broadcastManager.appendRecipients(params.id, body.userIds, { actor: actorOf(caller), reason: body.reason }),
    }),
  });
}
