import { z } from 'zod';
import { userOf } from '../../caller.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { uuidParams } from '../../schemas.js';

export function markOpened({ inbox }: HttpParts): Route {
  return route({
    method: 'POST',
    url: '/v1/inbox/:id/opened',
    access: ['user'],
    tag: 'Inbox',
    summary: 'The caller opened a notification, by its push or in the app; it is read, too',
    params: uuidParams,
    answers: { 204: z.null() },
    handle: ({ caller, params }) => inbox.markOpened(userOf(caller), params.id),
  });
}
