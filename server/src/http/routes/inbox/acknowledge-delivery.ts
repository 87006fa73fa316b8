import { z } from 'zod';
import { TodokuError } from '../../../errors/todoku-error.js';
import { acknowledge } from '../../../receipts/acknowledge.js';
import { userOf } from '../../caller.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { uuidParams } from '../../schemas.js';

export function acknowledgeDelivery({ inbox, database }: HttpParts): Route {
  return route({
    method: 'POST',
    url: '/v1/inbox/:id/acked',
    access: ['user'],
    tag: 'Inbox',
    summary: 'The push arrived on a device of the caller',
    description:
      'The only proof of arrival there is. 409 while the answer of the push service is not written down yet: say it again in a moment.',
    params: uuidParams,
    body: z.strictObject({
      deliveryId: z
        .string()
        .regex(/^[1-9]\d{0,17}$/, 'must be the _deliveryId of the data of the push')
        .meta({ description: '`_deliveryId` in the data of the push' }),
    }),
    answers: { 204: z.null() },
    handle: async ({ caller, params, body }) => {
      const found = await inbox.find(userOf(caller), params.id);
      if (found === null) throw new TodokuError('NOT_FOUND');
      await acknowledge(database, { deliveryId: body.deliveryId, notificationId: params.id, ...found });
    },
  });
}
