import { z } from 'zod';
import { ruleNameSchema } from '../../../monitoring/alerts/rule-input.js';
import { instant } from '../../../notifications/instant.js';
import { actorOf } from '../../caller.js';
import { given } from '../../given.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { numberParams, reason, reasonBody } from '../../schemas.js';
import { episode, routeParams, silenceAnswer } from './alert-answers.js';

export function handleAlerts({ alertManager }: HttpParts): Route[] {
  return [
    route({
      method: 'POST',
      url: '/v1/alerts/:id/acknowledge',
      access: ['operate'],
      tag: 'Alerts',
      summary: 'Say that somebody is on it: its reminders end',
      description: 'Who acknowledged first stands.',
      params: numberParams,
      body: reasonBody,
      answers: { 200: episode },
      handle: ({ caller, params, body }) => alertManager.acknowledge(params.id, { actor: actorOf(caller), reason: body.reason }),
    }),
    route({
      method: 'POST',
      url: '/v1/alerts/silences',
      access: ['operate'],
      tag: 'Alerts',
      summary: 'Tell nobody for some time that an alert fires',
      description: 'It is evaluated and shown all the same, and told when the silence ends and it still fires.',
      body: z.strictObject({
        rule: ruleNameSchema.optional().meta({ description: 'Every rule when absent' }),
        subject: z.string().max(200).optional().meta({ description: 'Every subject when absent; empty: the whole system' }),
        until: instant.meta({ description: 'Within 30 days' }),
        reason,
      }),
      answers: { 201: silenceAnswer },
      handle: ({ caller, body: { reason: why, ...silence } }) =>
        alertManager.silence(given(silence), { actor: actorOf(caller), reason: why }),
    }),
    route({
      method: 'POST',
      url: '/v1/alerts/silences/:id/end',
      access: ['operate'],
      tag: 'Alerts',
      summary: 'End a silence before its time',
      params: numberParams,
      body: reasonBody,
      answers: { 200: z.object({ ended: z.boolean().meta({ description: 'false: it had ended before' }) }) },
      handle: async ({ caller, params, body }) => ({
        ended: await alertManager.unsilence(params.id, { actor: actorOf(caller), reason: body.reason }),
      }),
    }),
    route({
      method: 'POST',
      url: '/v1/alerts/routes/:route/test',
      access: ['operate'],
      tag: 'Alerts',
      summary: 'Send a test message, and tell what came back',
      params: routeParams,
      body: reasonBody,
      answers: {
        200: z.object({
          ...routeParams.shape,
          id: z.string(),
          ok: z.boolean(),
          answer: z.string().nullable(),
          error: z.string().nullable(),
        }),
      },
      handle: ({ caller, params, body }) => alertManager.testRoute(params.route, { actor: actorOf(caller), reason: body.reason }),
    }),
  ];
}
