import { randomUUID } from 'node:crypto';
import type { ErrorCode } from '../../errors/catalogue.js';
import type { TodokuError } from '../../errors/todoku-error.js';

/** A whole request refused, in Expo's words: nothing of it was stored. */
export interface ExpoRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** The same request may pass later. */
  readonly isTransient: boolean;
}

/** The body of every refusal, as Expo writes it. */
export interface ExpoErrors {
  readonly errors: readonly [
    { readonly code: string; readonly message: string; readonly isTransient: boolean; readonly requestId: string },
  ];
}

export function isRefusal(value: object): value is ExpoRefusal {
  return 'isTransient' in value;
}

export function refusalBody({ code, message, isTransient }: ExpoRefusal, requestId: string = randomUUID()): ExpoErrors {
  return { errors: [{ code, message, isTransient, requestId }] };
}

export function validationError(message: string): ExpoRefusal {
  return { status: 400, code: 'VALIDATION_ERROR', message, isTransient: false };
}

const limited = {
  PUSH_TOO_MANY_NOTIFICATIONS: 'send a maximum of %d notifications',
  PUSH_TOO_MANY_RECEIPTS: 'get a maximum of %d receipts',
} as const;

export function tooMany(code: keyof typeof limited, limit: number, received: number): ExpoRefusal {
  const message = `You can ${limited[code].replace('%d', String(limit))} per request (received ${received}); divide your requests.`;
  return { status: 400, code, message, isTransient: false };
}

/**
 * The Expo SDK tries again by itself after 429 and after nothing else, so that is what "too busy" becomes here. Codes that are not here are
 * told as the server's own failure.
 */
const translations: ReadonlyMap<ErrorCode, Omit<ExpoRefusal, 'message'>> = new Map([
  ['INVALID_INPUT', { status: 400, code: 'VALIDATION_ERROR', isTransient: false }],
  ['UNAUTHENTICATED', { status: 401, code: 'UNAUTHORIZED', isTransient: false }],
  ['FORBIDDEN', { status: 403, code: 'UNAUTHORIZED', isTransient: false }],
  ['BODY_TOO_LARGE', { status: 413, code: 'PAYLOAD_TOO_LARGE', isTransient: false }],
  ['UNSUPPORTED_MEDIA_TYPE', { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', isTransient: false }],
  ['RATE_LIMITED', { status: 429, code: 'TOO_MANY_REQUESTS', isTransient: true }],
  ['OVERLOADED', { status: 429, code: 'TOO_MANY_REQUESTS', isTransient: true }],
  ['INTAKE_STOPPED', { status: 503, code: 'SERVICE_UNAVAILABLE', isTransient: true }],
  ['DATABASE_UNAVAILABLE', { status: 503, code: 'SERVICE_UNAVAILABLE', isTransient: true }],
]);

export function refusalOf({ code, message }: TodokuError): ExpoRefusal {
  const known = translations.get(code);
  if (known === undefined) return { status: 500, code: 'INTERNAL_SERVER_ERROR', message: 'An unknown error occurred.', isTransient: true };
  return { ...known, message };
}
