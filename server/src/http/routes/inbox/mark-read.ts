import { z } from 'zod';
import { TodokuError } from '../../../errors/todoku-error.js';
import { userOf } from '../../caller.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { uuidParams } from '../../schemas.js';

export function markRead({ inbox }: HttpParts): Route {
  return route({
    method: 'POST',
    url: '/v1/inbox/:id/read',
    access: ['user'],
    tag: 'Inbox',
    summary: 'Mark a notification of the caller as read',
    params: uuidParams,
    answers: { 204: z.null() },
    handle: async ({ caller, params }) => {
      const user = userOf(caller);
      const marked = await inbox.markRead(user, [params.id]);
      if (marked === 0 && (await inbox.find(user, params.id)) === null) throw new TodokuError('NOT_FOUND');
    },
  });
}
