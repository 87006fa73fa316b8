import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Database } from '../../database/database.js';
import type { Logger } from '../../logging/logger.js';
import { noteError } from '../error-answer.js';
import { registerRoute } from '../register-route.js';
import { type Route, route } from '../route.js';
import { retryAfterOf } from '../to-todoku-error.js';
import { traceparentOf } from '../traceparent.js';
import { expoMessageSchema } from './expo-message.js';
import { type ExpoErrors, type ExpoRefusal, isRefusal, refusalBody, refusalOf } from './expo-refusals.js';
import { getReceipts, readReceiptRequest, receiptRequestSchema } from './get-receipts.js';
import { type SendPushParts, sendPush } from './send-push.js';
import { readSendRequest } from './send-request.js';

interface ExpoIngestParts extends SendPushParts {
  readonly database: Database;
  readonly log: Logger;
}

/** A hundred messages of 4,096 bytes, every character of them written as \uXXXX, and some more. */
const bodyLimit = 4_194_304;

const tag = 'Expo';
const ticket = z.looseObject({ status: z.enum(['ok', 'error']) });
const sent = z.object({ data: z.union([ticket, z.array(ticket)]) });
const refused = z.object({ errors: z.array(z.looseObject({ code: z.string(), message: z.string() })) });
const received = z.object({ data: z.record(z.string(), ticket) });

/**
 * The two calls of the Expo Push Service, so that an app that uses the Expo SDK moves by setting EXPO_BASE_URL and its access token. In a scope
 * of its own, because errors have Expo's shape here. Who may call, and reading bodies, is the server's.
 */
export async function registerExpoIngest(app: FastifyInstance, parts: ExpoIngestParts): Promise<void> {
  await app.register((scope, _options, done) => {
    scope.setErrorHandler(async (thrown, request, reply) => {
      const error = noteError(thrown, request, parts.log);
      const retryAfter = retryAfterOf(error.code);
      if (retryAfter !== null) reply.header('retry-after', retryAfter);
      return refuse(refusalOf(error), request.id, reply);
    });
    registerRoute(scope, sendRoute(parts));
    registerRoute(scope, receiptsRoute(parts));
    done();
  });
}

function sendRoute(parts: ExpoIngestParts): Route {
  return route({
    method: 'POST',
    url: '/--/api/v2/push/send',
    access: ['send'],
    summary: 'Send as with the Expo Push Service',
    description: 'One message, or an array of messages with up to 100 recipients in all. A ticket’s id is the id of the notification.',
    tag,
    body: z.union([expoMessageSchema, z.array(expoMessageSchema)]),
    checksBodyItself: true,
    bodyLimit,
    answers: { 200: sent },
    errors: refused,
    handle: async ({ body, request, reply }) => {
      const asked = readSendRequest(body);
      if (isRefusal(asked)) return refuse(asked, request.id, reply);
      const tickets = await sendPush(asked.recipients, parts, traceparentOf(request));
      return { data: asked.single ? tickets[0] : tickets };
    },
  });
}

function receiptsRoute({ database }: ExpoIngestParts): Route {
  return route({
    method: 'POST',
    url: '/--/api/v2/push/getReceipts',
    access: ['send'],
    summary: 'Receipts as from the Expo Push Service',
    description: 'Up to 1,000 ticket ids. Left out of the answer: ids without a receipt yet.',
    tag,
    body: receiptRequestSchema,
    checksBodyItself: true,
    answers: { 200: received },
    errors: refused,
    handle: async ({ body, request, reply }) => {
      const asked = readReceiptRequest(body);
      return isRefusal(asked) ? refuse(asked, request.id, reply) : { data: await getReceipts(asked, database) };
    },
  });
}

function refuse(refusal: ExpoRefusal, requestId: string, reply: FastifyReply): ExpoErrors {
  reply.code(refusal.status).type('application/json; charset=utf-8');
  return refusalBody(refusal, requestId);
}
