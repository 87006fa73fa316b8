import { z } from 'zod';
import { userOf } from '../../caller.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';

export function countUnread({ inbox }: HttpParts): Route {
  return route({
    method: 'GET',
    url: '/v1/inbox/unread-count',
    access: ['user'],
    tag: 'Inbox',
    summary: 'How many notifications of the caller are unread',
    answers: { 200: z.object({ unread: z.int() }) },
    handle: async ({ caller }) => ({ unread: await inbox.unreadCount(userOf(caller)) }),
  });
}
