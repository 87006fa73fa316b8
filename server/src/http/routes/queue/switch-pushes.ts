import { z } from 'zod';
import { actorOf } from '../../caller.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { reason } from '../../schemas.js';
import { controlsAnswer } from './controls-answer.js';

export function switchPushes({ controlPanel, controls }: HttpParts): Route {
  return route({
    method: 'PUT',
    url: '/v1/pushes-enabled',
    access: ['operate'],
    tag: 'Queue',
    summary: 'Switch the whole feature off or on',
    description: 'Off: nothing is accepted by HTTP and nothing is sent. Rows that come by SQL are stored, and sent once it is on again.',
    body: z.strictObject({ enabled: z.boolean(), reason }),
    answers: { 200: controlsAnswer },
    handle: async ({ caller, body }) => {
      const after = await controlPanel.setPushesEnabled(body.enabled, { actor: actorOf(caller), reason: body.reason });
      controls.forget();
      return after;
    },
  });
}
