import { z } from 'zod';
import { typeSchema } from '../../../planning/policy-manager.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';

export function listTypes({ policyManager }: HttpParts): Route {
  return route({
    method: 'GET',
    url: '/v1/types',
    access: ['operate'],
    tag: 'Policy',
    summary: 'What is set for types of notifications; * speaks for all that have nothing of their own',
    answers: { 200: z.object({ types: z.array(typeSchema.extend({ type: z.string() })) }) },
    handle: async () => ({ types: await policyManager.types() }),
  });
}
