import { policySchema } from '../../../planning/policy-manager.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';

export function getPolicy({ policyManager }: HttpParts): Route {
  return route({
    method: 'GET',
    url: '/v1/policy',
    access: ['operate'],
    tag: 'Policy',
    summary: 'What planning and delivery follow',
    answers: { 200: policySchema },
    handle: () => policyManager.read(),
  });
}
