import { z } from 'zod';
import { explainUser } from '../../../planning/explain/explain-user.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { uuidParams } from '../../schemas.js';

export function explainForUser({ database }: HttpParts): Route {
  return route({
    method: 'GET',
    url: '/v1/users/:id/explain',
    access: ['operate'],
    tag: 'Notifications',
    summary: 'Why a user gets pushes or not: settings, devices, her latest notifications',
    params: uuidParams,
    answers: { 200: z.looseObject({ userId: z.uuid(), tokens: z.array(z.looseObject({})), recent: z.array(z.looseObject({})) }) },
    handle: ({ params }) => explainUser(database, params.id),
  });
}
