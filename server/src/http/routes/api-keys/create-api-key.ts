import { z } from 'zod';
import { instant } from '../../../notifications/instant.js';
import { storableText } from '../../../notifications/storable-text.js';
import { scopes } from '../../../security/api-key-store.js';
import { actorOf } from '../../caller.js';
import { given } from '../../given.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { reason } from '../../schemas.js';

export function createApiKey({ apiKeys }: HttpParts): Route {
  return route({
    method: 'POST',
    url: '/v1/api-keys',
    access: ['admin'],
    tag: 'API keys',
    summary: 'Make an API key',
    description: '`key` is shown here and never again.',
    body: z.strictObject({
      name: storableText.min(1, 'must not be empty').max(100),
      scopes: z.array(z.enum(scopes)).min(1, 'must not be empty'),
      expiresAt: instant.optional(),
      reason,
    }),
    answers: { 201: z.object({ id: z.string(), key: z.string() }) },
    handle: async ({ caller, body: { reason: why, ...key } }) => {
      const { id, text } = await apiKeys.create(given(key), { actor: actorOf(caller), reason: why });
      return { id, key: text };
    },
  });
}
