import { z } from 'zod';
import { newRuleSchema, ruleChangesSchema, ruleNameSchema } from '../../../monitoring/alerts/rule-input.js';
import { actorOf } from '../../caller.js';
import { given } from '../../given.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { reason, reasonBody } from '../../schemas.js';
import { ruleAnswer, ruleParams } from './alert-answers.js';

export function editAlertRules({ alertManager }: HttpParts): Route[] {
  return [
    route({
      method: 'PATCH',
      url: '/v1/alerts/rules/:name',
      access: ['operate'],
      tag: 'Alerts',
      summary: 'Change a rule',
      description: 'Fields that are left out stay as they are. In force at the next evaluation, within ten seconds.',
      params: ruleParams,
      body: ruleChangesSchema.extend({ reason }),
      answers: { 200: ruleAnswer },
      handle: ({ caller, params, body: { reason: why, ...changes } }) =>
        alertManager.changeRule(params.name, given(changes), { actor: actorOf(caller), reason: why }),
    }),
    route({
      method: 'POST',
      url: '/v1/alerts/rules',
      access: ['operate'],
      tag: 'Alerts',
      summary: 'Add a rule',
      body: newRuleSchema.extend({ name: ruleNameSchema, reason }),
      answers: { 201: ruleAnswer },
      handle: ({ caller, body: { reason: why, name, ...rule } }) =>
        alertManager.createRule(name, rule, { actor: actorOf(caller), reason: why }),
    }),
    route({
      method: 'POST',
      url: '/v1/alerts/rules/:name/remove',
      access: ['operate'],
      tag: 'Alerts',
      summary: 'Remove a rule that was added',
      description: 'Rules that came with the system can be switched off (`enabled`), not removed.',
      params: ruleParams,
      body: reasonBody,
      answers: { 200: z.object({ removed: z.literal(true) }) },
      handle: async ({ caller, params, body }) => {
        await alertManager.removeRule(params.name, { actor: actorOf(caller), reason: body.reason });
        return { removed: true };
      },
    }),
  ];
}
