import { z } from 'zod';
import { readStatus } from '../../../monitoring/system-status.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { time } from '../../schemas.js';
import { controlsAnswer } from '../queue/controls-answer.js';

export function status({ database, version }: HttpParts): Route {
  return route({
    method: 'GET',
    url: '/v1/status',
    access: ['operate'],
    tag: 'System',
    summary: 'How the system stands: switches, workers, queue, projects, what waits',
    answers: {
      200: z.looseObject({
        at: time,
        version: z.string(),
        controls: controlsAnswer,
        triggerEnabled: z.boolean(),
        workers: z.array(z.looseObject({ id: z.string(), state: z.enum(['alive', 'silent', 'stopped']) })),
        queue: z.array(z.looseObject({ lane: z.int(), state: z.string(), deliveries: z.int() })),
        projects: z.array(z.looseObject({ id: z.int(), name: z.string(), breaker: z.enum(['closed', 'open']) })),
        waiting: z.looseObject({ outbox: z.int(), held: z.int(), receipts: z.int() }),
      }),
    },
    handle: async () => ({ version, ...(await readStatus(database)) }),
  });
}
