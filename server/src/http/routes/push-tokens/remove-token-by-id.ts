import { z } from 'zod';
import { TodokuError } from '../../../errors/todoku-error.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { uuid, uuidParams } from '../../schemas.js';
import { userInQuestion } from '../../user-in-question.js';

export function removeTokenById({ pushTokenManager }: HttpParts): Route {
  return route({
    method: 'DELETE',
    url: '/v1/push-tokens/:id',
    access: ['user', 'send'],
    tag: 'Push tokens',
    summary: 'Sign a device out, by its id',
    params: uuidParams,
    query: z.strictObject({ userId: uuid.optional() }),
    answers: { 204: z.null() },
    handle: async ({ caller, params, query }) => {
      const removed = await pushTokenManager.remove(userInQuestion(caller, query.userId, 'query.userId'), { tokenId: params.id });
      if (!removed) throw new TodokuError('NOT_FOUND', { message: 'This user has no such token.' });
    },
  });
}
