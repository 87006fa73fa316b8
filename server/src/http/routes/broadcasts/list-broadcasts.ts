import { z } from 'zod';
import { given } from '../../given.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { wholeNumberText } from '../../schemas.js';
import { broadcastAnswer } from './broadcast-answer.js';

export function listBroadcasts({ broadcastManager }: HttpParts): Route {
  return route({
    method: 'GET',
    url: '/v1/broadcasts',
    access: ['operate'],
    tag: 'Broadcasts',
    summary: 'Broadcasts, the latest first',
    query: z.strictObject({ state: broadcastAnswer.shape.state.optional(), limit: wholeNumberText(1, 1000).default(50) }),
    answers: { 200: z.object({ broadcasts: z.array(broadcastAnswer) }) },
    handle: async ({ query }) => ({ broadcasts: await broadcastManager.list(given(query)) }),
  });
}
