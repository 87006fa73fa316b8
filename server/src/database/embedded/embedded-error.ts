/** The embedded Postgres cannot be had; the message says what to do about it. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
  readonly code = 'EMBEDDED_POSTGRES';
}

export const useYourOwn = 'Set DATABASE_URL to a Postgres of version 15 or newer to use that instead.';
