import { z } from 'zod';
import { logLevels } from '../../../logging/create-logger.js';
import { endLogLevel, longestSeconds, readLogLevel, setLogLevel } from '../../../operations/log-level.js';
import { actorOf } from '../../caller.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { reason, time } from '../../schemas.js';

const set = z.object({
  level: z.enum(logLevels).nullable().meta({ description: 'null: each process goes by its own LOG_LEVEL' }),
  until: time.nullable(),
  setBy: z.string().nullable(),
  setAt: time.nullable(),
  reason: z.string().nullable(),
});
const span = `must be a whole number of seconds from 1 to ${longestSeconds}`;
const change = z.union([
  z.strictObject({ level: z.enum(logLevels), seconds: z.int(span).min(1, span).max(longestSeconds, span), reason }),
  z.strictObject({ level: z.null().meta({ description: 'Ends what is set' }), reason }),
]);

/** What the running processes log, for a while. */
export function logLevel({ database }: HttpParts): Route[] {
  return [
    route({
      method: 'GET',
      url: '/v1/log-level',
      access: ['operate'],
      tag: 'System',
      summary: 'What every process logs instead of what its LOG_LEVEL says',
      answers: { 200: set },
      handle: () => readLogLevel(database),
    }),
    route({
      method: 'PUT',
      url: '/v1/log-level',
      access: ['operate'],
      tag: 'System',
      summary: 'Have every process log from a level on for a while, or end that',
      description: 'All processes follow within seconds, and go back to their own LOG_LEVEL by themselves.',
      body: change,
      answers: { 200: set },
      handle: ({ caller, body }) => {
        const by = { actor: actorOf(caller), reason: body.reason };
        return body.level === null ? endLogLevel(database, by) : setLogLevel(database, body.level, body.seconds, by);
      },
    }),
  ];
}
