import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '../clock/clock.js';
import { describeError } from '../logging/describe-error.js';
import type { Logger } from '../logging/logger.js';

/** At most one request to the key server in this time, whatever it answers: unknown key ids are free for anyone to invent. */
const cooldownMs = 30_000;
/** Keys are fetched anew after this, so that a withdrawn one stops counting. */
const freshMs = 600_000;
const requestMs = 5_000;
const longestAnswer = 256 * 1024;

export interface JwksParts {
  readonly url: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Public keys from a JWKS address. States: empty (nothing fetched yet) → fresh → stale (older than ten minutes; the next use fetches) → fresh …
 * A fetch that fails leaves the keys that are there in use: users are not signed out because the key server is away.
 */
export class JwksSource {
  readonly #parts: JwksParts;
  #keys: JWTVerifyGetKey = createLocalJWKSet({ keys: [] });
  #triedAt = Number.NEGATIVE_INFINITY;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #fetching: Promise<void> | null = null;

  constructor(parts: JwksParts) {
    this.#parts = parts;
  }

  /** For jose. Throws jose's JWKSNoMatchingKey when no key fits. */
  readonly key: JWTVerifyGetKey = async (header, token) => {
    if (this.#parts.clock.monotonic() - this.#fetchedAt > freshMs) await this.#refresh();
    try {
      return await this.#keys(header, token);
    } catch (error) {
      // Perhaps the key is newer than what we have.
      if (!(await this.#refresh())) throw error;
      return await this.#keys(header, token);
    }
  };

  /** False: not tried, because the last try was a moment ago. Those who come while a request is under way wait for that one. */
  async #refresh(): Promise<boolean> {
    if (this.#fetching === null) {
      const now = this.#parts.clock.monotonic();
      if (now - this.#triedAt < cooldownMs) return false;
      this.#triedAt = now;
      this.#fetching = this.#fetch().finally(() => {
        this.#fetching = null;
      });
    }
    await this.#fetching;
    return true;
  }

  async #fetch(): Promise<void> {
    const { url, clock, log } = this.#parts;
    try {
      this.#keys = createLocalJWKSet(await fetchJson(url));
      this.#fetchedAt = clock.monotonic();
    } catch (error) {
      log.warn({ err: describeError(error), url }, 'The keys of user tokens could not be fetched; those already known stay in use.');
    }
  }
}

async function fetchJson(url: string): Promise<JSONWebKeySet> {
  const response = await fetch(url, {
    redirect: 'error',
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(requestMs),
  });
  if (response.status !== 200 || response.body === null) throw new Error(`the key server answered ${response.status}`);
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body) {
    length += piece.length;
    if (length > longestAnswer) throw new Error(`the key server answered more than ${longestAnswer} bytes`);
    pieces.push(piece);
  }
  // createLocalJWKSet refuses what is not a key set.
  return JSON.parse(Buffer.concat(pieces).toString('utf8')) as JSONWebKeySet;
}
