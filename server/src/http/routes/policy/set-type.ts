import { z } from 'zod';
import { typeOrAllPattern, typeOrAllRule } from '../../../notifications/type-name.js';
import { typeSchema } from '../../../planning/policy-manager.js';
import { actorOf } from '../../caller.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { reason } from '../../schemas.js';

export function setType({ policyManager }: HttpParts): Route {
  return route({
    method: 'PUT',
    url: '/v1/types/:type',
    access: ['operate'],
    tag: 'Policy',
    summary: 'Set everything for one type of notification',
    description: 'Fields that are left out get the defaults of a new type.',
    params: z.strictObject({
      type: z.string().regex(typeOrAllPattern, typeOrAllRule),
    }),
    body: typeSchema.extend({ reason }),
    answers: { 200: typeSchema.extend({ type: z.string() }) },
    handle: ({ caller, params, body: { reason: why, ...settings } }) =>
      policyManager.setType(params.type, settings, { actor: actorOf(caller), reason: why }),
  });
}
