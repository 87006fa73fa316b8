import { z } from 'zod';
import { instant } from '../../../notifications/instant.js';
import { userOf } from '../../caller.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { uuid } from '../../schemas.js';

export function markManyRead({ inbox }: HttpParts): Route {
  return route({
    method: 'POST',
    url: '/v1/inbox/read',
    access: ['user'],
    tag: 'Inbox',
    summary: 'Mark some or all notifications of the caller as read',
    description:
      'Ids that are not in her inbox are passed over. `all` with `until`: only those created until then, so that what she has not seen stays unread.',
    body: z.union([
      z.strictObject({ ids: z.array(uuid).min(1).max(1000) }),
      z.strictObject({ all: z.literal(true), until: instant.optional() }),
    ]),
    answers: { 200: z.object({ marked: z.int().meta({ description: 'How many were unread before' }) }) },
    handle: async ({ caller, body }) => {
      const user = userOf(caller);
      return { marked: 'ids' in body ? await inbox.markRead(user, body.ids) : await inbox.markAllRead(user, body.until ?? null) };
    },
  });
}
