import type { FastifyInstance, FastifySchema } from 'fastify';
import { z } from 'zod';
import { inputError } from '../errors/parse-input.js';
import { readSafely } from '../errors/read-safely.js';
import type { Access, Route } from './route.js';
import { errorAnswer } from './schemas.js';

/** A route without a query schema takes no query. */
const noQuery = z.strictObject({});
const prefixes: Readonly<Record<string, string>> = { params: 'params', querystring: 'query', body: '' };

/** Puts a route into the server: its schemas check what comes in, its access is what the door asks. */
export function registerRoute(app: FastifyInstance, one: Route): void {
  const status = Number(Object.keys(one.answers)[0] ?? 200);
  app.route({
    method: one.method,
    url: one.url,
    config: { access: one.access },
    ...(one.bodyLimit === undefined ? {} : { bodyLimit: one.bodyLimit }),
    schema: schemaOf(one),
    validatorCompiler: ({ schema, httpPart }) => {
      if (httpPart === 'body' && one.checksBodyItself === true) return (value: unknown) => ({ value });
      const prefix = prefixes[httpPart ?? ''] ?? '';
      return (value: unknown) => {
        const parsed = readSafely(schema as unknown as z.ZodType, value);
        if (parsed.success) return { value: parsed.data };
        // Of a body that is not there, the first field that it lacks is named.
        const lacking = value === undefined || value === null ? readSafely(schema as unknown as z.ZodType, {}) : parsed;
        return { error: inputError((lacking.success ? parsed : lacking).error.issues, prefix) };
      };
    },
    serializerCompiler: () => (answer) => JSON.stringify(answer),
    handler: async (request, reply) => {
      reply.code(status);
      const { params, query, body, caller } = request;
      return reply.send(await one.handle({ params, query, body, caller, request, reply }));
    },
  });
}

function schemaOf(one: Route): FastifySchema {
  return {
    summary: one.summary,
    description: [one.description, whoMay(one.access)].filter((text) => text !== undefined).join('\n\n'),
    tags: [one.tag],
    security: securityOf(one.access),
    querystring: one.query ?? noQuery,
    ...(one.params === undefined ? {} : { params: one.params }),
    ...(one.body === undefined ? {} : { body: one.body }),
    response: { ...one.answers, default: one.errors ?? errorAnswer },
  } as FastifySchema;
}

function whoMay(access: Access): string {
  if (access === 'public') return 'Open to everybody.';
  const names = access.map((grant) => {
    if (grant === 'user') return 'a signed-in user';
    return grant === 'loopback' ? 'any process on the same machine' : `an API key with scope \`${grant}\``;
  });
  return `For ${names.join(' or ')}.`;
}

function securityOf(access: Access): Record<string, string[]>[] {
  if (access === 'public') return [];
  const schemes = access.map((grant) => (grant === 'user' ? 'userToken' : 'apiKey'));
  return [...new Set(schemes)].map((scheme) => ({ [scheme]: [] }));
}
