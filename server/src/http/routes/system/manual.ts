import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { TodokuError } from '../../../errors/todoku-error.js';
import { type Route, route } from '../../route.js';

/** The same distance from the source and from the built file. */
const folder = fileURLToPath(new URL('../../../../../docs/manual/', import.meta.url));

/** Where the links of alerts lead: the page has to open on a phone, without a key. There is nothing secret in it. */
export function manual(): Route {
  return route({
    method: 'GET',
    url: '/manual/:language/:page',
    access: 'public',
    tag: 'System',
    summary: "A page of the operators' manual, as text",
    params: z.strictObject({
      language: z.enum(['en', 'ja']),
      page: z.string().regex(/^[a-z0-9-]{1,60}\.md$/, 'must be a page, as in alerts.md'),
    }),
    answers: { 200: z.string() },
    handle: async ({ params: { language, page }, reply }) => {
      const text = await readFile(`${folder}${language}/${page}`, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') throw new TodokuError('NOT_FOUND', { message: `The manual has no page ${language}/${page}.` });
        throw error;
      });
      reply.type('text/plain; charset=utf-8');
      return text;
    },
  });
}
