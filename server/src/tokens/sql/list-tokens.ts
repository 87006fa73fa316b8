import type { Queryable } from '../../database/database.js';
import type { Platform } from '../../providers/provider.js';

export type TokenState = 'active' | 'quarantined' | 'signed_out' | 'invalid';

export interface StoredToken {
  readonly tokenId: string;
  readonly userId: string;
  readonly provider: string;
  readonly project: string;
  readonly platform: Platform;
  readonly state: TokenState;
  /** Quarantined or invalid: the provider's code. */
  readonly stateReason: string | null;
  readonly stateAt: Date;
  readonly deviceId: string | null;
  readonly appVersion: string | null;
  readonly locale: string | null;
  readonly registeredAt: Date;
  readonly createdAt: Date;
  /** An operator asks for a new registration since then; null: nobody does. */
  readonly registerAgainAt: Date | null;
  readonly ciphertext: Buffer;
}

/** A user's tokens, the latest registration first. */
export async function listTokens(database: Queryable, userId: string): Promise<StoredToken[]> {
  return await database.query<StoredToken>(
    /* sql */ `
select t.id as "tokenId", t.user_id as "userId", p.provider, p.name as project, t.platform, t.state, t.state_reason as "stateReason", t.state_at as "stateAt",
  t.device_id as "deviceId", t.app_version as "appVersion", t.locale, t.registered_at as "registeredAt", t.created_at as "createdAt",
  t.register_again_at as "registerAgainAt", t.token_ciphertext as ciphertext
from public.push_tokens t join push.projects p on p.id = t.project_id
where t.user_id = $1
order by t.registered_at desc, t.id`,
    [userId],
  );
}
