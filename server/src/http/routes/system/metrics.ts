import { z } from 'zod';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';

export function metrics({ metrics: registry }: HttpParts): Route {
  return route({
    method: 'GET',
    url: '/metrics',
    access: ['loopback', 'operate'],
    tag: 'System',
    summary: 'For Prometheus',
    answers: { 200: z.string() },
    handle: async ({ reply }) => {
      reply.type(registry.contentType);
      return await registry.metrics();
    },
  });
}
