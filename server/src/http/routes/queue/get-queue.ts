import { z } from 'zod';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { time } from '../../schemas.js';

const depth = z.object({
  lane: z.int().meta({ description: '0 critical, 1 default, 2 bulk' }),
  state: z.enum(['ready', 'delayed', 'sending', 'parked']),
  chunks: z.int(),
  deliveries: z.int(),
  oldest: time.nullable(),
});

export function getQueue({ queue, controlPanel }: HttpParts): Route {
  return route({
    method: 'GET',
    url: '/v1/queue',
    access: ['operate'],
    tag: 'Queue',
    summary: 'What waits to be sent, by lane and state',
    answers: { 200: z.object({ paused: z.boolean(), depth: z.array(depth) }) },
    handle: async () => {
      const [{ paused }, found] = await Promise.all([controlPanel.read(), queue.depth()]);
      return { paused, depth: found };
    },
  });
}
