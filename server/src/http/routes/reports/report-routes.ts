import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { routeNames } from '../../../monitoring/alerts/route-directory.js';
import { reportPage } from '../../../monitoring/reports/render/report-page.js';
import { reportText } from '../../../monitoring/reports/render/report-text.js';
import { pagePolicy } from '../../../monitoring/reports/render/style.js';
import { reportPeriods } from '../../../monitoring/reports/report-period.js';
import type { PerformanceReport } from '../../../monitoring/reports/report-types.js';
import { reportWords } from '../../../monitoring/reports/words/report-words.js';
import { actorOf } from '../../caller.js';
import { given } from '../../given.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { reason, time, wholeNumberText } from '../../schemas.js';
import { chooseForm, type ReportForm, reportForms } from './choose-form.js';
import { ofQuery } from './of-query.js';
import { reportAnswer } from './report-answer.js';

const params = z.strictObject({ period: z.enum(reportPeriods, 'must be daily, weekly or monthly') });
const question = {
  until: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d$/, 'must be a day as in 2026-11-28')
    .optional()
    .meta({ description: 'The last day, on the clocks of the zone; today when absent' }),
  zone: z.string().max(64).optional().meta({ description: "IANA name; the policy's default when absent" }),
};

/** How a day, a week or a month went. */
export function reportRoutes({ reportDesk }: HttpParts): Route[] {
  return [
    route({
      method: 'GET',
      url: '/v1/reports/:period',
      access: ['operate'],
      tag: 'Monitoring',
      summary: 'How a day, a week or a month went, beside the one before',
      description:
        'JSON, or as text what is asked for by `format` or by Accept: `text/html` (one page that needs nothing else) or `text/plain`.',
      params,
      query: z.strictObject({
        ...question,
        format: z.enum(reportForms, 'must be json, html or text').optional(),
        lang: z
          .enum(['en', 'ja'], 'must be en or ja')
          .optional()
          .meta({ description: 'Of text and HTML; as Accept-Language says when absent' }),
      }),
      answers: { 200: z.union([reportAnswer, z.string().meta({ description: 'Text or HTML' })]) },
      handle: async ({ params: { period }, query: { format, lang, ...asked }, request, reply }) => {
        const report = await ofQuery(reportDesk.generate(period, given(asked)));
        const { accept } = request.headers;
        reply.header('vary', 'accept, accept-language');
        return answerAs(format ?? chooseForm(accept), report, lang ?? languageOf(request.headers['accept-language']), reply);
      },
    }),
    route({
      method: 'GET',
      url: '/v1/reports',
      access: ['operate'],
      tag: 'Monitoring',
      summary: 'Which reports were sent by themselves, the latest first',
      query: z.strictObject({ limit: wholeNumberText(1, 1000).default(50) }),
      answers: {
        200: z.object({
          reports: z.array(
            z.object({
              period: z.enum(reportPeriods),
              lastDay: z.string(),
              zone: z.string(),
              madeAt: time,
              madeBy: z.string(),
              routes: z.array(z.object({ route: z.string(), state: z.enum(['waiting', 'sent', 'failed']), error: z.string().nullable() })),
            }),
          ),
        }),
      },
      handle: async ({ query: { limit } }) => ({ reports: await reportDesk.scheduled(limit) }),
    }),
    route({
      method: 'POST',
      url: '/v1/reports/:period/send',
      access: ['operate'],
      tag: 'Monitoring',
      summary: 'Send a report now by the routes of alerts, and tell what came back',
      params,
      body: z.strictObject({
        ...question,
        routes: z.array(z.enum(routeNames)).min(1).max(4).optional().meta({ description: 'Every route that there is when absent' }),
        reason,
      }),
      answers: {
        200: z.object({
          sent: z.array(
            z.object({
              route: z.enum(routeNames),
              id: z.string(),
              ok: z.boolean(),
              answer: z.string().nullable(),
              error: z.string().nullable(),
            }),
          ),
        }),
      },
      handle: async ({ caller, params: { period }, body: { reason: why, ...wish } }) => ({
        sent: await reportDesk.send(period, given(wish), { actor: actorOf(caller), reason: why }),
      }),
    }),
  ];
}

function answerAs(form: ReportForm, report: PerformanceReport, language: 'en' | 'ja', reply: FastifyReply): PerformanceReport | string {
  if (form === 'json') return report;
  reply.header('content-language', language);
  if (form === 'text') {
    reply.type('text/plain; charset=utf-8');
    return reportText(report, reportWords(language));
  }
  reply.type('text/html; charset=utf-8').header('content-security-policy', `${pagePolicy}; frame-ancestors 'none'`);
  return reportPage(report, reportWords(language));
}

const languageOf = (accepted: string | undefined): 'en' | 'ja' => (/^\s*ja\b/i.test(accepted ?? '') ? 'ja' : 'en');
