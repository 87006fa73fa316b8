import { actorOf } from '../../caller.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { numberParams, reasonBody } from '../../schemas.js';
import { broadcastAnswer } from './broadcast-answer.js';

const acts = {
  start: 'Send a draft',
  pause: 'Make no more rows and send nothing of it until it is resumed',
  resume: 'Go on after a pause',
  cancel: 'End it for good; what is not sent yet never is',
} as const;

/** The four acts take and answer the same. */
export function steerBroadcast({ broadcastManager }: HttpParts): Route[] {
  return (Object.keys(acts) as (keyof typeof acts)[]).map((act) =>
    route({
      method: 'POST',
      url: `/v1/broadcasts/:id/${act}`,
      access: ['operate'],
      tag: 'Broadcasts',
      summary: acts[act],
      params: numberParams,
      body: reasonBody,
      answers: { 200: broadcastAnswer },
      handle: ({ caller, params, body }) => broadcastManager[act](params.id, { actor: actorOf(caller), reason: body.reason }),
    }),
  );
}
