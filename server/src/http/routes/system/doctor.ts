import { z } from 'zod';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { time } from '../../schemas.js';

const texts = z.object({ en: z.string(), ja: z.string() });
const finding = z.object({
  check: z.string(),
  title: texts,
  verdict: z.enum(['ok', 'warn', 'fail', 'unknown']).meta({ description: 'unknown: it could not be looked at' }),
  found: texts,
  remedy: texts.nullable().meta({ description: 'What to do' }),
});

export function doctor({ doctor: examine }: HttpParts): Route {
  return route({
    method: 'GET',
    url: '/v1/doctor',
    access: ['operate'],
    tag: 'System',
    summary: 'Looks at everything that the system stands on, and says what to do; changes nothing',
    description:
      'As `todoku doctor`, from where this process stands and with the rights that it works with: run the command as the owner of the database to see all.',
    answers: { 200: z.object({ at: time, verdict: z.enum(['ok', 'warn', 'fail']), findings: z.array(finding) }) },
    handle: () => examine(),
  });
}
