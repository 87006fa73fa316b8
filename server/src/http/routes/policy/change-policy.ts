import { policySchema } from '../../../planning/policy-manager.js';
import { actorOf } from '../../caller.js';
import { given } from '../../given.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { reason } from '../../schemas.js';

export function changePolicy({ policyManager }: HttpParts): Route {
  return route({
    method: 'PUT',
    url: '/v1/policy',
    access: ['operate'],
    tag: 'Policy',
    summary: 'Change what planning and delivery follow',
    description: 'Fields that are left out stay as they are. In force everywhere within a second or two.',
    body: policySchema.partial().extend({ reason }),
    answers: { 200: policySchema },
    handle: ({ caller, body: { reason: why, ...fields } }) => policyManager.change(given(fields), { actor: actorOf(caller), reason: why }),
  });
}
