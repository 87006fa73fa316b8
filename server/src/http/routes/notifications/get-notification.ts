import { z } from 'zod';
import { explainNotification } from '../../../planning/explain/explain-notification.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { time, uuidParams } from '../../schemas.js';

const delivery = z.object({ deliveryId: z.int(), tokenId: z.uuid(), state: z.string(), code: z.string().nullable(), at: time.nullable() });

export function getNotification({ database }: HttpParts): Route {
  return route({
    method: 'GET',
    url: '/v1/notifications/:id',
    access: ['send', 'operate'],
    tag: 'Notifications',
    summary: 'Where a notification is',
    description:
      '`accepted_by_expo`: the push service took it. `accepted_by_platform`: Apple or Google took it. `acked_by_device`: the app said that it arrived. Nothing less is called delivered.',
    params: uuidParams,
    answers: {
      200: z.object({
        id: z.uuid(),
        standing: z.enum(['untaken', 'outbox', 'held', 'suppressed', 'planned']),
        reason: z.string().nullable().meta({ description: 'Why it is held or suppressed' }),
        heldUntil: time.nullable(),
        deliveries: z.array(delivery),
      }),
    },
    handle: async ({ params }) => {
      const { id, standing, held, decisions, deliveries } = await explainNotification(database, params.id);
      return {
        id,
        standing,
        reason: held?.reason ?? (standing === 'suppressed' ? (decisions.at(-1)?.reason ?? null) : null),
        heldUntil: held?.until ?? null,
        deliveries: deliveries.map(({ deliveryId, tokenId, state, code, steps }) => ({
          deliveryId,
          tokenId,
          state,
          code,
          at: steps.at(-1)?.at ?? null,
        })),
      };
    },
  });
}
