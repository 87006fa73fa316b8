import { z } from 'zod';
import { type Route, route } from '../../route.js';

/** `describe` is asked when somebody wants it: by then every route is known. */
export function openapi(describe: () => object): Route {
  return route({
    method: 'GET',
    url: '/openapi.json',
    access: 'public',
    tag: 'System',
    summary: 'This description, as OpenAPI 3.1',
    answers: { 200: z.looseObject({ openapi: z.string() }) },
    handle: async () => describe(),
  });
}
