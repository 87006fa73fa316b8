import { z } from 'zod';
import { instant } from '../../../notifications/instant.js';
import { given } from '../../given.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { time, wholeNumberText } from '../../schemas.js';

const quarantined = z.object({
  tokenId: z.uuid(),
  userId: z.uuid(),
  projectId: z.int(),
  platform: z.string(),
  reason: z.string().nullable().meta({ description: "The push service's code" }),
  since: time,
});

export function listQuarantine({ pushTokenManager }: HttpParts): Route {
  return route({
    method: 'GET',
    url: '/v1/push-tokens/quarantine',
    access: ['operate'],
    tag: 'Push tokens',
    summary: 'Tokens that were called dead, the latest first',
    query: z.strictObject({
      since: instant.optional(),
      projectId: wholeNumberText(1, 32_767).optional(),
      limit: wholeNumberText(1, 1000).default(100),
    }),
    answers: { 200: z.object({ tokens: z.array(quarantined) }) },
    handle: async ({ query }) => ({ tokens: await pushTokenManager.quarantine.list(given(query)) }),
  });
}
