import { actorOf } from '../../caller.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { reasonBody } from '../../schemas.js';
import { controlsAnswer } from './controls-answer.js';

export function pauseQueue({ controlPanel }: HttpParts): Route {
  return route({
    method: 'POST',
    url: '/v1/queue/pause',
    access: ['operate'],
    tag: 'Queue',
    summary: 'Send nothing until it is resumed',
    description: 'Notifications are still taken in and planned. What is on the wire at this moment finishes.',
    body: reasonBody,
    answers: { 200: controlsAnswer },
    handle: ({ caller, body }) => controlPanel.pause({ actor: actorOf(caller), reason: body.reason }),
  });
}
