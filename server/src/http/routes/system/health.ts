import { z } from 'zod';
import { type Route, route } from '../../route.js';

export function health(): Route {
  return route({
    method: 'GET',
    url: '/health',
    access: 'public',
    tag: 'System',
    summary: 'The process lives',
    answers: { 200: z.object({ status: z.literal('ok') }) },
    handle: async () => ({ status: 'ok' }),
  });
}
