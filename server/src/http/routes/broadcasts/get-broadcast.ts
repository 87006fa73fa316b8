import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { numberParams } from '../../schemas.js';
import { broadcastAnswer, progressAnswer } from './broadcast-answer.js';

export function getBroadcast({ broadcastManager }: HttpParts): Route {
  return route({
    method: 'GET',
    url: '/v1/broadcasts/:id',
    access: ['operate'],
    tag: 'Broadcasts',
    summary: 'A broadcast and how far it is',
    params: numberParams,
    answers: { 200: broadcastAnswer.extend({ progress: progressAnswer }) },
    handle: ({ params }) => broadcastManager.get(params.id),
  });
}
