import { z } from 'zod';
import { scopes } from '../../../security/api-key-store.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { time } from '../../schemas.js';

const key = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(scopes)),
  createdBy: z.string(),
  createdAt: time,
  expiresAt: time.nullable(),
  revokedAt: time.nullable(),
  lastUsedAt: time.nullable(),
});

export function listApiKeys({ apiKeys }: HttpParts): Route {
  return route({
    method: 'GET',
    url: '/v1/api-keys',
    access: ['admin'],
    tag: 'API keys',
    summary: 'All API keys, the latest first; never their secrets',
    answers: { 200: z.object({ keys: z.array(key) }) },
    handle: async () => ({ keys: await apiKeys.list() }),
  });
}
