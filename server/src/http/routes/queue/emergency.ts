import { actorOf } from '../../caller.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { reasonBody } from '../../schemas.js';
import { controlsAnswer } from './controls-answer.js';

const acts = {
  stop: {
    summary: 'Stop everything: nothing is sent, and nothing is accepted by HTTP',
    description:
      'Rows that come by SQL are stored and wait. What is on the wire at this moment finishes. Who stopped first and why stands until it is resumed.',
    turn: 'emergencyStop',
  },
  resume: {
    summary: 'End the emergency stop',
    description: 'A pause, or pushes that are switched off, stay as they are. What waits and has not expired is sent.',
    turn: 'emergencyResume',
  },
} as const;

export function emergency({ controlPanel, controls }: HttpParts): Route[] {
  return (['stop', 'resume'] as const).map((act) =>
    route({
      method: 'POST',
      url: `/v1/emergency/${act}`,
      access: ['operate'],
      tag: 'Queue',
      summary: acts[act].summary,
      description: acts[act].description,
      body: reasonBody,
      answers: { 200: controlsAnswer },
      handle: async ({ caller, body }) => {
        const after = await controlPanel[acts[act].turn]({ actor: actorOf(caller), reason: body.reason });
        controls.forget();
        return after;
      },
    }),
  );
}
