import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { TodokuError } from '../../../errors/todoku-error.js';
import { type IdempotencyKey, longestKey } from '../../../notifications/idempotency.js';
import { notificationInputSchema } from '../../../notifications/notification-input.js';
import type { ItemResult, NotificationService } from '../../../notifications/notification-service.js';
import type { Caller } from '../../caller.js';
import { errorBody } from '../../error-answer.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { errorDetails } from '../../schemas.js';
import { traceparentOf } from '../../traceparent.js';

const mostItems = 1000;
/** 1,000 notifications of the largest size, with room for their names and spaces. */
const bodyLimit = 8 * 1_048_576;

const bulkSchema = z.array(notificationInputSchema).min(1).max(mostItems);
const bodySchema = z.union([notificationInputSchema, bulkSchema, z.strictObject({ notifications: bulkSchema })]);

const accepted = z.object({ status: z.literal('accepted'), id: z.uuid() });
const itemSchema = z.union([
  accepted.extend({ index: z.int() }),
  z.object({ index: z.int(), status: z.literal('rejected'), error: errorDetails }),
]);

const description = `One notification, or up to ${mostItems} as an array or as \`{"notifications": […]}\`.

Accepted means committed. In bulk each is accepted or rejected on its own: 202 with a result for each when at least one was accepted, 400 with the
same results when none was. A single one that is wrong is answered with its error.

\`Idempotency-Key\` (up to ${longestKey} characters): the same key with the same body is answered as the first time, with \`Idempotency-Replayed: true\`
and without doing anything again, for at least 24 hours; with another body it is refused (409). Nothing is remembered of requests of which
nothing was accepted.`;

export function sendNotifications({ notificationService }: HttpParts): Route {
  return route({
    method: 'POST',
    url: '/v1/notifications',
    access: ['send'],
    tag: 'Notifications',
    summary: 'Send notifications',
    description,
    body: bodySchema,
    checksBodyItself: true,
    bodyLimit,
    answers: { 202: z.union([accepted, z.object({ results: z.array(itemSchema) })]) },
    handle: async ({ body, caller, request, reply }) => {
      const batch = readBatch(body);
      const print = (results: readonly ItemResult[]) => ({ status: 202, json: JSON.stringify(successBody(batch, results)) });
      const key = keyOf(request, caller);
      const submitted = await submit(notificationService, batch, key === null ? null : { key, print }, traceparentOf(request));
      if (submitted.kind === 'replay') {
        reply.code(submitted.answer.status).type('application/json; charset=utf-8').header('idempotency-replayed', 'true');
        return submitted.answer.json;
      }
      const { results } = submitted;
      if (results.some((result) => result.status === 'accepted')) return successBody(batch, results);
      const refusal = refusalOf(batch, results);
      if (batch.single) throw refusal;
      reply.code(400);
      return { ...errorBody(refusal, request.id), results };
    },
  });
}

interface Batch {
  readonly values: readonly unknown[];
  readonly single: boolean;
  readonly pathOf: (index: number) => string;
}

function readBatch(body: unknown): Batch {
  if (Array.isArray(body)) return bulk(body, '');
  if (typeof body !== 'object' || body === null)
    throw new TodokuError('INVALID_INPUT', { message: 'The body must be a notification or a list of them.', path: '' });
  if (!Object.hasOwn(body, 'notifications')) return { values: [body], single: true, pathOf: () => '' };
  const { notifications, ...others } = body as { notifications: unknown };
  const [stranger] = Object.keys(others);
  if (stranger !== undefined) throw new TodokuError('INVALID_INPUT', { message: `${stranger}: unknown field`, path: stranger });
  if (!Array.isArray(notifications))
    throw new TodokuError('INVALID_INPUT', { message: 'notifications: must be an array', path: 'notifications' });
  return bulk(notifications, 'notifications');
}

function bulk(values: readonly unknown[], path: string): Batch {
  if (values.length < 1 || values.length > mostItems) {
    throw new TodokuError('INVALID_INPUT', {
      message: `${path === '' ? 'The array' : path} must have 1 to ${mostItems} notifications, it has ${values.length}.`,
      path,
    });
  }
  return { values, single: false, pathOf: (index) => `${path}[${index}]` };
}

function submit(
  service: NotificationService,
  { values, pathOf }: Batch,
  once: Parameters<NotificationService['submit']>[0]['once'] | null,
  traceparent: string | null,
) {
  return service.submit({ values, pathOf, traceparent, ...(once === null || once === undefined ? {} : { once }) });
}

function successBody({ single }: Batch, results: readonly ItemResult[]): object {
  const [first] = results;
  return single && first?.status === 'accepted' ? { status: 'accepted', id: first.id } : { results };
}

function refusalOf({ single }: Batch, results: readonly ItemResult[]): TodokuError {
  const [first] = results;
  if (first?.status !== 'rejected') return new TodokuError('INTERNAL');
  const { code, message, path } = first.error;
  const where = path === null ? {} : { path };
  if (single) return new TodokuError(code, { message, ...where });
  return new TodokuError('INVALID_INPUT', { message: `None of the ${results.length} was accepted. The first: ${message}`, ...where });
}

const keyText = /^[\x20-\x7e]+$/;

function keyOf(request: FastifyRequest, caller: Caller): IdempotencyKey | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined || caller.kind !== 'key') return null;
  if (typeof key !== 'string' || key.length > longestKey || !keyText.test(key)) {
    throw new TodokuError('INVALID_INPUT', {
      message: `headers.idempotency-key: must be 1 to ${longestKey} printable ASCII characters`,
      path: 'headers.idempotency-key',
    });
  }
  const bodyHash = createHash('sha256')
    .update(`${request.routeOptions.url}\n`)
    .update(request.bodyBytes ?? '')
    .digest();
  return { owner: caller.keyId, key, bodyHash };
}
