/** Every error that leaves the system: what happened, its HTTP status, what to do. `docs/errors.md` is made from this and checked. */
interface CatalogueEntry {
  readonly status: number;
  readonly message: string;
  readonly remedy: string;
}

export const errorCatalogue = {
  INVALID_INPUT: {
    status: 400,
    message: 'A field is missing or wrong.',
    remedy: 'Correct the field that `path` names and send again; nothing was stored.',
  },
  PAYLOAD_TOO_BIG: {
    status: 400,
    message: 'The notification is over 4,096 bytes as it is sent: JSON, UTF-8.',
    remedy: 'Shorten title, message, data or push options; keep large content behind an id in data.',
  },
  BODY_TOO_LARGE: { status: 413, message: 'The request body is too large.', remedy: 'Send fewer or smaller notifications in one request.' },
  HEADERS_TOO_LARGE: {
    status: 431,
    message: 'The request line and headers are over 16 KiB.',
    remedy: 'Send shorter headers; what is long belongs into the body.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    message: 'The request did not arrive whole in time.',
    remedy: 'Send it again, without a pause between its parts.',
  },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, message: 'The body is not JSON.', remedy: 'Send it with content-type: application/json.' },
  UNAUTHENTICATED: {
    status: 401,
    message: 'No valid credential came with the request.',
    remedy: 'Send an API key or a user token as `Authorization: Bearer …`.',
  },
  FORBIDDEN: {
    status: 403,
    message: 'This credential may not do that.',
    remedy: 'Use a key whose scopes include the one that the route asks for.',
  },
  NOT_FOUND: { status: 404, message: 'There is no such thing.', remedy: 'Check the id; it may have been archived.' },
  IDEMPOTENCY_KEY_REUSED: {
    status: 409,
    message: 'This Idempotency-Key was used with another body.',
    remedy: 'Use a new key for a new request.',
  },
  IDEMPOTENCY_KEY_BUSY: {
    status: 409,
    message: 'A request with this Idempotency-Key is still under way.',
    remedy: 'Wait a moment and send the same request again.',
  },
  DUPLICATE_ID: {
    status: 409,
    message: 'A notification with this id was accepted before.',
    remedy: 'Leave the id out, or choose a new one; if you sent the same notification again, nothing is to do.',
  },
  CONFLICT: { status: 409, message: 'The state does not allow that.', remedy: 'Look at the current state first.' },
  INTAKE_STOPPED: {
    status: 503,
    message: 'New notifications are not being accepted: an operator has switched them off.',
    remedy: 'Try again after the system was resumed (`todoku status` says who stopped it and why).',
  },
  RATE_LIMITED: {
    status: 429,
    message: 'Too many requests came from this caller.',
    remedy: 'Try again after Retry-After seconds, and ask less often; back ends use an API key, which is not limited.',
  },
  OVERLOADED: {
    status: 503,
    message: 'The system is too busy to take this now.',
    remedy: 'Try again after Retry-After seconds; nothing was stored.',
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    message: 'The database does not answer.',
    remedy: 'Check that Postgres runs and that DATABASE_URL is right; the system goes on by itself when it is back.',
  },
  CONFIGURATION_INVALID: {
    status: 500,
    message: 'The configuration is wrong.',
    remedy: 'Correct the named variable; docs/configuration.md lists them all.',
  },
  KEY_UNAVAILABLE: {
    status: 503,
    message: 'A key that encrypted stored tokens is not in the keyring.',
    remedy: 'Add the key that the message names to TODOKU_ENCRYPTION_KEYS, or put the key file back; no token is touched meanwhile.',
  },
  CIPHERTEXT_INVALID: {
    status: 500,
    message: 'A stored token is changed, cut, or copied from another row.',
    remedy: 'Find out who changed push_tokens; the device has to register again.',
  },
  MIGRATION_FAILED: {
    status: 500,
    message: 'A migration could not be applied.',
    remedy: 'Read the cause, mend it and start again; nothing of it was left half-done.',
  },
  TODOKU_UNAVAILABLE: {
    status: 503,
    message: 'Todoku does not answer (said by the Edge Function before it).',
    remedy: 'Send the same request again after Retry-After seconds, with the same Idempotency-Key: then nothing is made twice.',
  },
  INTERNAL: { status: 500, message: 'Something went wrong inside.', remedy: 'Look for the request id in the log and report it.' },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof errorCatalogue;
