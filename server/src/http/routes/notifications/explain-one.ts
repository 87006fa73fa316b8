import { z } from 'zod';
import { explainNotification } from '../../../planning/explain/explain-notification.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { uuidParams } from '../../schemas.js';

export function explainOne({ database }: HttpParts): Route {
  return route({
    method: 'GET',
    url: '/v1/notifications/:id/explain',
    access: ['operate'],
    tag: 'Notifications',
    summary: 'The whole story of a notification: decisions, deliveries, requests, receipts',
    params: uuidParams,
    answers: {
      200: z.looseObject({
        id: z.uuid(),
        standing: z.string(),
        decisions: z.array(z.looseObject({})),
        deliveries: z.array(z.looseObject({})),
      }),
    },
    handle: ({ params }) => explainNotification(database, params.id),
  });
}
