import { z } from 'zod';
import { TodokuError } from '../../../errors/todoku-error.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { uuid } from '../../schemas.js';
import { userInQuestion } from '../../user-in-question.js';

export function removeToken({ pushTokenManager }: HttpParts): Route {
  return route({
    method: 'DELETE',
    url: '/v1/push-tokens',
    access: ['user', 'send'],
    tag: 'Push tokens',
    summary: 'Sign a device out, by its token',
    description: "It gets nothing more until it is registered again. 404 when the token is not this user's.",
    body: z.strictObject({ token: z.string().min(1).max(4096), userId: uuid.optional() }),
    answers: { 204: z.null() },
    handle: async ({ caller, body }) => {
      const removed = await pushTokenManager.remove(userInQuestion(caller, body.userId, 'userId'), { token: body.token });
      if (!removed) throw new TodokuError('NOT_FOUND', { message: 'This user has no such token.' });
    },
  });
}
