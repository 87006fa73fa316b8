import { actorOf } from '../../caller.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { reasonBody } from '../../schemas.js';
import { controlsAnswer } from './controls-answer.js';

export function resumeQueue({ controlPanel }: HttpParts): Route {
  return route({
    method: 'POST',
    url: '/v1/queue/resume',
    access: ['operate'],
    tag: 'Queue',
    summary: 'Send again after a pause',
    body: reasonBody,
    answers: { 200: controlsAnswer },
    handle: ({ caller, body }) => controlPanel.resume({ actor: actorOf(caller), reason: body.reason }),
  });
}
