import { z } from 'zod';
import { checkReadiness } from '../../../operations/readiness.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';

const answer = z.object({ ready: z.boolean(), checks: z.object({ database: z.string(), migrations: z.string(), workers: z.string() }) });

export function ready({ database, migrations, sends }: HttpParts): Route {
  return route({
    method: 'GET',
    url: '/ready',
    access: 'public',
    tag: 'System',
    summary: 'This process can do its part',
    description:
      'The database answers and has every migration; where this process sends as well, a worker is alive. A process with `TODOKU_ROLES=api` takes notifications in without one: they wait.',
    answers: { 200: answer, 503: answer },
    handle: async ({ reply }) => {
      const readiness = await checkReadiness(database, { migrations, sends });
      if (!readiness.ready) reply.code(503);
      return readiness;
    },
  });
}
