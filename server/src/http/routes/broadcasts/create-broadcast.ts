import { z } from 'zod';
import { parseInput } from '../../../errors/parse-input.js';
import { broadcastInputSchema } from '../../../notifications/broadcasts/broadcast-input.js';
import { actorOf } from '../../caller.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { reason } from '../../schemas.js';
import { broadcastAnswer } from './broadcast-answer.js';

/** A list of 100,000 users is 4 MB. */
const bodyLimit = 8 * 1_048_576;

const beside = z.object({
  reason,
  start: z.boolean().default(false).meta({ description: 'Send at once; else it is a draft' }),
});

export function createBroadcast({ broadcastManager }: HttpParts): Route {
  return route({
    method: 'POST',
    url: '/v1/broadcasts',
    access: ['operate'],
    tag: 'Broadcasts',
    summary: 'Make a broadcast',
    description:
      'To all, to a list (more users can be appended to a draft), or to a filter. Rows are made in the background; `progress` tells how far it is.',
    body: z.strictObject({ ...broadcastInputSchema.shape, ...beside.shape }),
    checksBodyItself: true,
    bodyLimit,
    answers: { 201: broadcastAnswer },
    handle: ({ caller, body }) => {
      const { reason: why, start } = parseInput(beside, body ?? {});
      // What is left is the broadcast; the manager reads it itself, because the CLI makes them, too.
      const { reason: _reason, start: _start, ...broadcast } = body as unknown as Record<string, unknown>;
      return broadcastManager.create(broadcast, { actor: actorOf(caller), reason: why }, { start });
    },
  });
}
