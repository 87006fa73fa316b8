import { z } from 'zod';
import { instant } from '../../../notifications/instant.js';
import { catchUp } from '../../../operations/catch-up.js';
import { actorOf } from '../../caller.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { reason } from '../../schemas.js';

export function catchUpQueue({ database }: HttpParts): Route {
  return route({
    method: 'POST',
    url: '/v1/queue/catch-up',
    access: ['operate'],
    tag: 'Queue',
    summary: 'Send rows that were inserted while the trigger was disabled',
    body: z
      .strictObject({ since: instant, until: instant, reason })
      .refine(({ since, until }) => since < until, { path: ['until'], message: 'must be later than since' }),
    answers: { 200: z.object({ taken: z.int().meta({ description: 'Notifications that are sent now' }) }) },
    handle: async ({ caller, body: { since, until, reason: why } }) => ({
      taken: await catchUp(database, { since, until }, { actor: actorOf(caller), reason: why }),
    }),
  });
}
