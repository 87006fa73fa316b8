import { randomUUID } from 'node:crypto';
import type { Database } from '../database/database.js';
import { parseInput } from '../errors/parse-input.js';
import { TodokuError } from '../errors/todoku-error.js';
import type { Logger } from '../logging/logger.js';
import type { UserCache } from '../performance/caches/user-cache.js';
import { recordAct } from '../security/audit.js';
import type { Keyring } from '../security/keyring.js';
import { type AddressedToken, adoptTokens } from './adopt-tokens.js';
import { maskToken } from './mask-token.js';
import { type By, Quarantine } from './quarantine.js';
import { listTokens, type StoredToken } from './sql/list-tokens.js';
import { type RegisteredToken, registerTokenStatement } from './sql/register-token.js';
import { signOutOldestStatement } from './sql/sign-out-oldest.js';
import { askToReregister, type ReregisterTarget, removeInvalidTokens } from './tend-tokens.js';
import { findProvider, providerOf, type Registration, registrationSchema, type TokenProvider } from './token-registration.js';
import { type TokenValidation, validateTokens } from './validate-tokens.js';

export interface PushTokenParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly providers: readonly TokenProvider[];
  readonly log: Logger;
  /** For look-ups that show; nothing that decides about a push reads it. */
  readonly cache?: UserCache<readonly StoredToken[]>;
  /** Who acts, where a call does not say. */
  readonly actor?: string;
}

/** A token as people may see it. */
export interface TokenInfo extends Omit<StoredToken, 'ciphertext'> {
  /** `ExponentPushToken[…wxyz]`; null: its key is missing or its ciphertext broken. */
  readonly masked: string | null;
  /** Only where it was asked for, and written to the audit. */
  readonly token?: string;
}

/** The registry of devices: whose they are, and whether they may be sent to. Tokens are encrypted here and decrypted by delivery alone. */
export class PushTokenManager {
  readonly quarantine: Quarantine;
  readonly #parts: PushTokenParts;

  constructor(parts: PushTokenParts) {
    this.#parts = parts;
    this.quarantine = new Quarantine(parts.database, parts.log);
  }

  /**
   * Takes the device for this user, from whoever had it, and makes it active whatever it was. moved: it was another user's; what is queued for
   * her on this device is not sent any more. A user has at most policy.devices_per_user active devices: the one that registered longest ago is
   * signed out for the newest. Throws INVALID_INPUT with the field's path.
   */
  async register(registration: Registration): Promise<{ readonly tokenId: string; readonly moved: boolean }> {
    const { userId, token, platform, deviceId, appVersion, locale, project } = parseInput(registrationSchema, registration);
    const provider = providerOf(token, this.#parts.providers);
    const { database, keyring } = this.#parts;
    const id = randomUUID();
    const hash = keyring.hash(token);
    const optional = [project, deviceId, appVersion, locale].map((value) => value ?? null);
    const [row] = await database.query<RegisteredToken & Record<string, unknown>>(registerTokenStatement, [
      ...[id, userId, platform, provider.name, ...optional],
      ...[keyring.encrypt(token, id), hash, keyring.primaryKeyId],
    ]);
    if (row === undefined) throw new TodokuError('INVALID_INPUT', { path: 'project', message: 'There is no project with this name.' });
    if (row.id !== id) await this.#renewCiphertext(row, token, hash);
    // A statement of its own, after the registration has committed: of several at once, the last sees all.
    await database.query(signOutOldestStatement, [userId]);
    this.#parts.cache?.forget(userId);
    if (row.previousUser !== null) this.#parts.cache?.forget(row.previousUser);
    return { tokenId: row.id, moved: row.previousUser !== null && row.previousUser !== userId };
  }

  /** Registering again mends a ciphertext that cannot be read and moves it to the primary key. */
  async #renewCiphertext(row: RegisteredToken, token: string, hash: Buffer): Promise<void> {
    const { database, keyring } = this.#parts;
    if (row.keyId === keyring.primaryKeyId && this.#read(row) === token) return;
    await database.query(/* sql */ 'update public.push_tokens set token_ciphertext = $3, key_id = $4 where id = $1 and token_hash = $2', [
      row.id,
      hash,
      keyring.encrypt(token, row.id),
      keyring.primaryKeyId,
    ]);
  }

  /** Signs the device out: it gets nothing more until it is registered again. False: it is not this user's. */
  async remove(userId: string, which: { readonly token: string } | { readonly tokenId: string }): Promise<boolean> {
    const removed = await this.#parts.database.query(
      /* sql */ `
update public.push_tokens set state = 'signed_out', is_active = false, state_reason = null, state_at = clock_timestamp()
where user_id = $1 and ($2::bytea is null or token_hash = $2) and ($3::uuid is null or id = $3)
returning id`,
      [userId, 'token' in which ? this.#parts.keyring.hash(which.token) : null, 'token' in which ? null : which.tokenId],
    );
    this.#parts.cache?.forget(userId);
    return removed.length > 0;
  }

  /** A token that somebody sends to, without a user: its row, made when nobody registered it. Throws INVALID_INPUT. */
  async findOrAdopt(token: string): Promise<AddressedToken> {
    const provider = providerOf(token, this.#parts.providers);
    const [found] = await adoptTokens(this.#parts, [{ token, provider: provider.name }]);
    if (found === undefined) throw new TodokuError('NOT_FOUND', { message: `The provider ${provider.name} has no project 'default'.` });
    return found;
  }

  /** The same for many at once, in their order; null where no provider here has such tokens. */
  async findOrAdoptAll(tokens: readonly string[]): Promise<(AddressedToken | null)[]> {
    const known = [...new Set(tokens)].flatMap((token) => {
      const provider = findProvider(token, this.#parts.providers);
      return provider === null ? [] : [{ token, provider: provider.name }];
    });
    const found = await adoptTokens(this.#parts, known);
    const byToken = new Map(known.map(({ token }, i) => [token, found[i]]));
    return tokens.map((token) => byToken.get(token) ?? null);
  }

  /** Every device that the user ever registered and that is still hers, the latest first. */
  async list(userId: string): Promise<TokenInfo[]> {
    const rows = await this.#lookUp(userId);
    return rows.map((row) => this.#describe(row));
  }

  async #lookUp(userId: string): Promise<readonly StoredToken[]> {
    const { database, cache } = this.#parts;
    const load = async () => ({ value: await listTokens(database, userId), freshMs: null });
    return cache === undefined ? (await load()).value : await cache.get(userId, '', load);
  }

  /** The user's devices that are sent to. With `reveal` in plain text, which the audit remembers. */
  async getTokenForUser(userId: string, reveal?: By): Promise<TokenInfo[]> {
    const isActive = ({ state }: StoredToken): boolean => state === 'active';
    if (reveal === undefined) return (await this.#lookUp(userId)).filter(isActive).map((row) => this.#describe(row));
    return await this.#parts.database.transaction(async (tx) => {
      const rows = (await listTokens(tx, userId)).filter(isActive);
      await recordAct(tx, {
        ...reveal,
        action: 'tokens.reveal',
        target: `user:${userId}`,
        details: { tokens: rows.map(({ tokenId }) => tokenId) },
      });
      return rows.map((row) => {
        const token = this.#read({ id: row.tokenId, ciphertext: row.ciphertext });
        return { ...this.#describe(row), ...(token === null ? {} : { token }) };
      });
    });
  }

  /** Reads every stored token and says which active ones cannot be sent to; changes nothing. */
  async validateAllTokens(): Promise<TokenValidation> {
    return await validateTokens(this.#parts);
  }

  /** Deletes what has been invalid or signed out for at least so many days; quarantined tokens stay. Returns how many. */
  async removeInvalidTokens({ olderThanDays = 7, by }: { readonly olderThanDays?: number; readonly by?: By } = {}): Promise<number> {
    return await removeInvalidTokens(this.#parts.database, olderThanDays, by ?? this.#by('removeInvalidTokens'));
  }

  /** The app sees the mark at its next look at its devices and registers again. Returns how many devices were marked anew. */
  async askToReregister(target: ReregisterTarget, by?: By): Promise<number> {
    return await askToReregister(this.#parts.database, target, by ?? this.#by('askToReregister'));
  }

  #by(call: string): By {
    return { actor: this.#parts.actor ?? 'todoku', reason: `${call}() was called` };
  }

  #describe({ ciphertext, ...row }: StoredToken): TokenInfo {
    const token = this.#read({ id: row.tokenId, ciphertext });
    return { ...row, masked: token === null ? null : maskToken(token) };
  }

  #read({ id, ciphertext }: { readonly id: string; readonly ciphertext: Buffer }): string | null {
    try {
      return this.#parts.keyring.decrypt(ciphertext, id);
    } catch (error) {
      if (error instanceof TodokuError) return null;
      throw error;
    }
  }
}
