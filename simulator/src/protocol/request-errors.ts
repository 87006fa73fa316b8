import { randomUUID } from 'node:crypto';
import { type Reply, reply } from '../server/answer.js';

/** Answers that refuse a whole request. Shapes are recorded from the live service where that is known. */

export function invalidToken(): Reply {
  return reply(401, '{"error":"invalid_token","error_description":"The bearer token is invalid"}');
}

export function unauthorized(project: string): Reply {
  return refusal(403, 'UNAUTHORIZED', `Insufficient permissions to send push notifications to ${project}`);
}

export function validationError(message: string): Reply {
  return refusal(400, 'VALIDATION_ERROR', message);
}

export function tooManyNotifications(received: number, limit: number): Reply {
  return refusal(
    400,
    'PUSH_TOO_MANY_NOTIFICATIONS',
    `You can send a maximum of ${limit} notifications per request (received ${received}); divide your requests.`,
  );
}

/** Status and text are not recorded; the code is. */
export function tooManyReceipts(received: number, limit: number): Reply {
  return refusal(
    400,
    'PUSH_TOO_MANY_RECEIPTS',
    `You can get a maximum of ${limit} receipts per request (received ${received}); divide your requests.`,
  );
}

export function mixedProjects(tokensByProject: ReadonlyMap<string, readonly string[]>): Reply {
  return errors(400, {
    code: 'PUSH_TOO_MANY_EXPERIENCE_IDS',
    type: 'USER',
    message:
      'All push notification messages in the same request must be for the same project; check the details field to investigate conflicting tokens.',
    details: Object.fromEntries(tokensByProject),
    isTransient: false,
    requestId: randomUUID(),
  });
}

export function tooManyRequests(rate: number, retryAfter: string | null): Reply {
  const answer = errors(429, {
    code: 'TOO_MANY_REQUESTS',
    message: `Exceeded ${rate} notifications per second, please try again.`,
    isTransient: true,
    requestId: randomUUID(),
  });
  return retryAfter === null ? answer : { ...answer, headers: { 'retry-after': retryAfter } };
}

export function internalServerError(): Reply {
  return reply(500, '{"errors":[{"code":"INTERNAL_SERVER_ERROR","message":"An unknown error occurred."}]}');
}

function refusal(status: number, code: string, message: string): Reply {
  return errors(status, { code, message, isTransient: false, requestId: randomUUID() });
}

function errors(status: number, error: object): Reply {
  return reply(status, JSON.stringify({ errors: [error] }));
}
