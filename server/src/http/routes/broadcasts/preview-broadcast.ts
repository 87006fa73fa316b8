import { z } from 'zod';
import { parseInput } from '../../../errors/parse-input.js';
import { audienceSchema } from '../../../notifications/broadcasts/broadcast-input.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';

const bodyLimit = 8 * 1_048_576;
const wrapper = z.strictObject({ audience: z.unknown() });

export function previewBroadcast({ broadcastManager }: HttpParts): Route {
  return route({
    method: 'POST',
    url: '/v1/broadcasts/preview',
    access: ['send', 'operate'],
    tag: 'Broadcasts',
    summary: 'Whom an audience would reach now',
    body: z.strictObject({ audience: audienceSchema }),
    checksBodyItself: true,
    bodyLimit,
    answers: { 200: z.object({ users: z.int(), reachable: z.int().meta({ description: 'Of them, those with an active device' }) }) },
    // The manager reads the audience itself, because the CLI asks it, too.
    handle: ({ body }) => broadcastManager.preview(parseInput(wrapper, body).audience),
  });
}
