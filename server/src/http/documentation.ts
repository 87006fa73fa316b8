import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';

/** OpenAPI 3.1 made from the routes' schemas, and a page at /docs to read it and try it. Has to be added before the routes. */
export async function addDocumentation(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Todoku',
        description:
          'Push notifications: take in, look after, look into. Errors: `error.code` says what, `error.path` where, `error.remedy` what to do.',
        version: '1',
      },
      components: {
        securitySchemes: {
          apiKey: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'td_…',
            description: 'An API key. Scope admin includes send and operate.',
          },
          userToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: "A user's token as Supabase Auth issues it." },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  await app.register((scope, _options, done) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'public' };
      route.schema = { ...route.schema, hide: true };
    });
    scope.register(swaggerUi, { routePrefix: '/docs', staticCSP: true, transformStaticCSP: withoutUpgrade });
    done();
  });
}

/** On plain http under any other name than localhost the browser would fetch the page's own scripts by https, which nobody answers. */
function withoutUpgrade(policy: string): string {
  return policy.replace(/\s*upgrade-insecure-requests;?/, '');
}
