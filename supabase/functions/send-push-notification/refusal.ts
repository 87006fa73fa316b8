/** The errors that the function itself answers with: codes and statuses of docs/errors.md. What Todoku answers is passed on as it is. */
export const refusals = {
  UNAUTHENTICATED: {
    status: 401,
    message: 'No credential came with the request.',
    remedy: 'Send the key of the service role in the header apikey, or as Authorization: Bearer …, from a back end and never from an app.',
  },
  FORBIDDEN: {
    status: 403,
    message: 'Only the service role may send notifications.',
    remedy: 'Call with the key of the service role, from a back end; the keys of apps and the tokens of users do not suffice.',
  },
  NOT_FOUND: { status: 404, message: 'Only POST is answered here.', remedy: 'Call with POST; supabase.functions.invoke does.' },
  BODY_TOO_LARGE: {
    status: 413,
    message: 'The request body is over 8 MiB.',
    remedy: 'Send fewer or smaller notifications in one request.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    message: 'The request did not arrive whole in time.',
    remedy: 'Send it again, without a pause between its parts.',
  },
  CONFIGURATION_INVALID: {
    status: 500,
    message: 'The function is not set up rightly.',
    remedy: 'Correct what the message names with `supabase secrets set`; docs/edge-function.md says how. Nothing was sent.',
  },
  TODOKU_UNAVAILABLE: {
    status: 503,
    message: 'Todoku does not answer.',
    remedy: 'Send the same request again after Retry-After seconds, with the same Idempotency-Key: then nothing is made twice.',
  },
  INTERNAL: { status: 500, message: 'Something went wrong inside.', remedy: 'Look for the request id in the log and report it.' },
} as const;

export type RefusalCode = keyof typeof refusals;

/** Ends the handling of a request with an error. `message`: in place of the usual one; never with a secret or what a notification says. */
export class Refusal extends Error {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string = refusals[code].message) {
    super(message);
    this.code = code;
  }
}

/** Seconds after which it is worth trying again. */
const retryAfterSeconds = 5;

/** In the form of every error of Todoku. */
export function answerRefusal({ code, message }: Refusal, requestId: string): Response {
  const { status, remedy } = refusals[code];
  return answerJson(status, { error: { code, message, path: null, remedy, requestId } }, requestId, {
    ...(code === 'TODOKU_UNAVAILABLE' ? { 'retry-after': String(retryAfterSeconds) } : {}),
  });
}

export function answerJson(status: number, body: object, requestId: string, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', 'x-request-id': requestId, ...headers },
  });
}
