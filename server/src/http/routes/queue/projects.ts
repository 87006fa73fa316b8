import { z } from 'zod';
import { readProjects } from '../../../monitoring/system-status.js';
import { pauseProject, resumeProject } from '../../../operations/project-pauses.js';
import { actorOf } from '../../caller.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { numberParams, reasonBody, time } from '../../schemas.js';

const project = z.looseObject({
  id: z.int(),
  provider: z.string(),
  name: z.string(),
  rateBudget: z.int().nullable().meta({ description: 'Recipients a second; null: no limit' }),
  paused: z.boolean(),
  pausedAt: time.nullable(),
  pausedBy: z.string().nullable(),
  pausedReason: z.string().nullable(),
  breaker: z.enum(['closed', 'open']),
});

const acts = {
  pause: { summary: 'Send nothing of this project until it is resumed', turn: pauseProject },
  resume: { summary: 'Go on sending for this project', turn: resumeProject },
} as const;

/** The provider projects, one by one. */
export function projects({ database }: HttpParts): Route[] {
  return [
    route({
      method: 'GET',
      url: '/v1/projects',
      access: ['operate'],
      tag: 'Queue',
      summary: 'The provider projects: budget, pause, breaker, back-off, freeze',
      answers: { 200: z.object({ projects: z.array(project) }) },
      handle: async () => ({ projects: await readProjects(database) }),
    }),
    ...(['pause', 'resume'] as const).map((act) =>
      route({
        method: 'POST',
        url: `/v1/projects/:id/${act}`,
        access: ['operate'],
        tag: 'Queue',
        summary: acts[act].summary,
        description: 'Other projects go on. Notifications are still taken in and planned. What is on the wire at this moment finishes.',
        params: numberParams,
        body: reasonBody,
        answers: { 200: project },
        handle: ({ caller, params, body }) => acts[act].turn(database, params.id, { actor: actorOf(caller), reason: body.reason }),
      }),
    ),
  ];
}
