import { z } from 'zod';
import { ruleNameSchema } from '../../../monitoring/alerts/rule-input.js';
import { instant } from '../../../notifications/instant.js';
import { given } from '../../given.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { wholeNumberText } from '../../schemas.js';
import { episode, overview, ruleAnswer } from './alert-answers.js';

export function lookAtAlerts({ alertManager }: HttpParts): Route[] {
  return [
    route({
      method: 'GET',
      url: '/v1/alerts',
      access: ['operate'],
      tag: 'Alerts',
      summary: 'What is pending or fires, who is told, and whether alerting itself works',
      answers: { 200: overview },
      handle: () => alertManager.overview(),
    }),
    route({
      method: 'GET',
      url: '/v1/alerts/history',
      access: ['operate'],
      tag: 'Alerts',
      summary: 'What fired, the latest first',
      query: z.strictObject({
        since: instant.optional(),
        rule: ruleNameSchema.optional(),
        limit: wholeNumberText(1, 1000).default(100),
      }),
      answers: { 200: z.object({ alerts: z.array(episode) }) },
      handle: async ({ query }) => ({ alerts: await alertManager.history(given(query)) }),
    }),
    route({
      method: 'GET',
      url: '/v1/alerts/rules',
      access: ['operate'],
      tag: 'Alerts',
      summary: 'Every rule, the weightiest first',
      answers: { 200: z.object({ rules: z.array(ruleAnswer) }) },
      handle: async () => ({ rules: await alertManager.rules() }),
    }),
  ];
}
