import { createSecretKey } from 'node:crypto';
import { decodeProtectedHeader, errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose';
import type { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import { TodokuError } from '../errors/todoku-error.js';
import type { Logger } from '../logging/logger.js';
import { JwksSource } from './jwks-source.js';

/** Checked before anything is decoded. Supabase's tokens have about 1,000 characters. */
const longestToken = 8_192;
const clockToleranceSeconds = 5;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export interface User {
  readonly userId: string;
  /** Every claim that was signed; rights come from here and from the database, never from `user_metadata`, which users write. */
  readonly claims: Readonly<JWTPayload>;
}

/** Reads a token with one kind of key. */
type Read = (token: string, options: JWTVerifyOptions) => Promise<JWTPayload>;

/**
 * Verifies user tokens as Supabase Auth issues them. Each kind of key has a verifier of its own with its algorithms pinned, so that a public key
 * can never be taken for a shared secret; the header only chooses between them, and its jwk, jku and x5u are never looked at.
 */
export class UserTokenVerifier {
  readonly #readers: ReadonlyMap<string, Read>;
  readonly #expectations: JWTVerifyOptions;
  readonly #clock: Clock;

  constructor(config: Config['security']['userTokens'], clock: Clock, log: Logger) {
    const readers = new Map<string, Read>();
    if (config.secret !== null) {
      const secret = createSecretKey(config.secret.reveal(), 'utf8');
      readers.set('HS256', async (token, options) => (await jwtVerify(token, secret, { ...options, algorithms: ['HS256'] })).payload);
    }
    if (config.jwksUrl !== null) {
      const source = new JwksSource({ url: config.jwksUrl, clock, log });
      const read: Read = async (token, options) =>
        (await jwtVerify(token, source.key, { ...options, algorithms: ['ES256', 'RS256'] })).payload;
      readers.set('ES256', read).set('RS256', read);
    }
    this.#readers = readers;
    this.#clock = clock;
    this.#expectations = {
      audience: config.audience,
      typ: 'JWT',
      requiredClaims: ['sub', 'exp'],
      clockTolerance: clockToleranceSeconds,
      ...(config.issuer === null ? {} : { issuer: config.issuer }),
    };
  }

  /** Throws UNAUTHENTICATED, the same for every reason; the cause names it for the log. */
  async verify(token: string): Promise<User> {
    try {
      if (token.length > longestToken) throw new errors.JWTInvalid('the token is too long');
      const read = this.#readers.get(decodeProtectedHeader(token).alg ?? '');
      if (read === undefined) throw new errors.JOSEAlgNotAllowed('no key of that kind is configured');
      return userOf(await read(token, { ...this.#expectations, currentDate: this.#clock.now() }));
    } catch (cause) {
      throw new TodokuError('UNAUTHENTICATED', { cause });
    }
  }
}

function userOf(claims: JWTPayload): User {
  if (typeof claims.sub !== 'string' || !uuid.test(claims.sub))
    throw new errors.JWTClaimValidationFailed('sub is not a user id', claims, 'sub');
  if (claims.role !== 'authenticated') throw new errors.JWTClaimValidationFailed('role is not authenticated', claims, 'role');
  return { userId: claims.sub.toLowerCase(), claims };
}
