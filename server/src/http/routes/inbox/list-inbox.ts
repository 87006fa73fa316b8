import { z } from 'zod';
import { userOf } from '../../caller.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { flagText, time, wholeNumberText } from '../../schemas.js';

const item = z.object({
  id: z.uuid(),
  type: z.string(),
  title: z.string(),
  message: z.string(),
  data: z.record(z.string(), z.unknown()),
  isRead: z.boolean(),
  readAt: time.nullable(),
  openedAt: time.nullable(),
  createdAt: time,
});

export function listInbox({ inbox }: HttpParts): Route {
  return route({
    method: 'GET',
    url: '/v1/inbox',
    access: ['user'],
    tag: 'Inbox',
    summary: "The caller's notifications, the newest first",
    query: z.strictObject({
      limit: wholeNumberText(1, 200).default(50),
      unread: flagText.default(false),
      cursor: z.string().max(200).optional(),
    }),
    answers: {
      200: z.object({
        items: z.array(item),
        nextCursor: z.string().nullable().meta({ description: 'For the next page; null: this was the last' }),
      }),
    },
    handle: ({ caller, query }) =>
      inbox.list(userOf(caller), { limit: query.limit, unreadOnly: query.unread, cursor: query.cursor ?? null }),
  });
}
