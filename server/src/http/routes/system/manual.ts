import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { TodokuError } from '../../../errors/todoku-error.js';
import { manualLanguages, manualPolicy, renderManualPage } from '../../manual/manual-page.js';
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
    summary: "A page of the operators' manual, as HTML",
    params: z.strictObject({
      language: z.enum(manualLanguages),
      page: z.string().regex(/^[a-z0-9-]{1,60}(\.md)?$/, 'must be a page, as in alerts.md'),
    }),
    answers: { 200: z.string() },
    handle: async ({ params, reply }) => {
      const { language } = params;
      const page = params.page.replace(/\.md$/, '');
      const text = await readFile(`${folder}${language}/${page}.md`, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') throw new TodokuError('NOT_FOUND', { message: `The manual has no page ${language}/${page}.` });
        throw error;
      });
      reply.type('text/html; charset=utf-8').header('content-security-policy', manualPolicy);
      return renderManualPage(language, page, text);
    },
  });
}

/** The manual by its bare address, in the language that the browser asks for first. */
export function manualStart(): Route {
  return route({
    method: 'GET',
    url: '/manual',
    access: 'public',
    tag: 'System',
    summary: "The operators' manual",
    answers: { 302: z.string() },
    handle: async ({ request, reply }) => {
      const asked = request.headers['accept-language'] ?? '';
      const at = (language: string): number =>
        asked
          .toLowerCase()
          .split(',')
          .findIndex((one) => one.trim().startsWith(language));
      const [en, ja] = [at('en'), at('ja')];
      const language = ja >= 0 && (en < 0 || ja < en) ? 'ja' : 'en';
      reply.type('text/plain').header('location', `/manual/${language}/index.md`);
      return language;
    },
  });
}
