import { z } from 'zod';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { uuid } from '../../schemas.js';
import { userInQuestion } from '../../user-in-question.js';
import { tokenAnswer } from './token-answer.js';

export function listTokens({ pushTokenManager }: HttpParts): Route {
  return route({
    method: 'GET',
    url: '/v1/push-tokens',
    access: ['user', 'send', 'operate'],
    tag: 'Push tokens',
    summary: "A user's devices",
    query: z.strictObject({ userId: uuid.optional() }),
    answers: { 200: z.object({ tokens: z.array(tokenAnswer) }) },
    handle: async ({ caller, query }) => ({ tokens: await pushTokenManager.list(userInQuestion(caller, query.userId, 'query.userId')) }),
  });
}
