import type { Database } from '../database/database.js';
import { TodokuError } from '../errors/todoku-error.js';
import type { Keyring } from '../security/keyring.js';
import type { TokenState } from './sql/list-tokens.js';
import type { TokenProvider } from './token-registration.js';

export interface TokenValidation {
  readonly checked: number;
  readonly states: Readonly<Partial<Record<TokenState, number>>>;
  /** Active tokens that can't be sent to as they are stored: the first hundred, and how many there are. */
  readonly problems: readonly TokenProblem[];
  readonly problemCount: number;
  /** Active ones whose app has not registered them for ninety days. */
  readonly stale: number;
  /** Active ones whose user is gone from auth.users; null: this database has no such table, or we may not read it. */
  readonly orphans: number | null;
}

interface TokenProblem {
  readonly tokenId: string;
  /** KEY_UNAVAILABLE: the key is missing. CIPHERTEXT_INVALID: changed or of another row. MALFORMED: no provider has such tokens. */
  readonly code: 'KEY_UNAVAILABLE' | 'CIPHERTEXT_INVALID' | 'MALFORMED';
}

const pageSize = 2_000;
const mostProblems = 100;
/** An app registers at each start; one that was not started for so long is probably gone. */
export const staleDays = 90;

/**
 * Reads every stored token and says what is wrong. It changes nothing: a token that we cannot read says nothing about the device. A
 * provider is not asked; whether a device is still there shows when something is sent to it.
 */
export async function validateTokens(parts: {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly providers: readonly TokenProvider[];
}): Promise<TokenValidation> {
  const states: Partial<Record<TokenState, number>> = {};
  const problems: TokenProblem[] = [];
  let problemCount = 0;
  let checked = 0;
  for await (const page of pagesOf(parts.database)) {
    for (const { tokenId, state, ciphertext } of page) {
      checked += 1;
      states[state] = (states[state] ?? 0) + 1;
      const code = state === 'active' ? problemOf(tokenId, ciphertext, parts) : null;
      if (code === null) continue;
      problemCount += 1;
      if (problems.length < mostProblems) problems.push({ tokenId, code });
    }
  }
  return { checked, states, problems, problemCount, ...(await countStale(parts.database)), orphans: await countOrphans(parts.database) };
}

async function countStale(database: Database): Promise<{ stale: number }> {
  const [row] = await database.query<{ stale: number }>(
    'select count(*) as stale from public.push_tokens where is_active and registered_at < now() - make_interval(days => $1)',
    [staleDays],
  );
  return { stale: row?.stale ?? 0 };
}

async function countOrphans(database: Database): Promise<number | null> {
  const [access] = await database.query<{ readable: boolean }>(
    "select to_regclass('auth.users') is not null and has_table_privilege(to_regclass('auth.users'), 'select') as readable",
  );
  if (access?.readable !== true) return null;
  const [row] = await database.query<{ n: number }>(
    'select count(*) as n from public.push_tokens t where t.is_active and not exists (select from auth.users u where u.id = t.user_id)',
  );
  return row?.n ?? 0;
}

interface StoredCiphertext {
  readonly tokenId: string;
  readonly state: TokenState;
  readonly ciphertext: Buffer;
}

/** By key, so that memory does not grow with the number of tokens. */
async function* pagesOf(database: Database): AsyncGenerator<StoredCiphertext[]> {
  let after: string | null = null;
  for (;;) {
    const page: StoredCiphertext[] = await database.query<StoredCiphertext>(
      /* sql */ `
select id as "tokenId", state, token_ciphertext as ciphertext from public.push_tokens
where $1::uuid is null or id > $1
order by id limit $2`,
      [after, pageSize],
    );
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = last.tokenId;
  }
}

function problemOf(
  tokenId: string,
  ciphertext: Buffer,
  { keyring, providers }: { readonly keyring: Keyring; readonly providers: readonly TokenProvider[] },
): TokenProblem['code'] | null {
  try {
    const token = keyring.decrypt(ciphertext, tokenId);
    return providers.some((provider) => provider.isToken(token)) ? null : 'MALFORMED';
  } catch (error) {
    if (error instanceof TodokuError && (error.code === 'KEY_UNAVAILABLE' || error.code === 'CIPHERTEXT_INVALID')) return error.code;
    throw error;
  }
}
