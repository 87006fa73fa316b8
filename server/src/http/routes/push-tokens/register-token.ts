import { z } from 'zod';
import { registrationSchema } from '../../../tokens/token-registration.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { uuid } from '../../schemas.js';
import { userInQuestion } from '../../user-in-question.js';

export function registerToken({ pushTokenManager }: HttpParts): Route {
  return route({
    method: 'POST',
    url: '/v1/push-tokens',
    access: ['user', 'send'],
    tag: 'Push tokens',
    summary: 'Register a device',
    description:
      'A user registers her own devices, a key those of the user that it names. A token that another user had is hers from now on, and what was queued for the other is not sent to it. Safe to repeat.',
    body: registrationSchema.extend({ userId: uuid.optional() }),
    answers: { 201: z.object({ tokenId: z.uuid(), moved: z.boolean().meta({ description: "It was another user's before" }) }) },
    handle: ({ caller, body }) => pushTokenManager.register({ ...body, userId: userInQuestion(caller, body.userId, 'userId') }),
  });
}
