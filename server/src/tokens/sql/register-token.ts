import type { Statement } from '../../database/database.js';

/**
 * The newest registration of a token wins: one row a token, whoever has it. $1 id for a new row, $2 user, $3 platform, $4 provider, $5 project's
 * name or null, $6 device, $7 app version, $8 locale, $9 ciphertext (bound to $1), $10 hash, $11 key id.
 *
 * No row comes back when there is no such project. An existing row keeps its id, and so its ciphertext, which is bound to it; the caller looks at
 * what comes back and re-makes it when its key is not the primary or it is broken.
 *
 * `before` is joined in the source so that it is read, and its row locked, before the update happens. `previous_user` is null for a new token,
 * and for one whose very first registration was under way at the same moment.
 */
export const registerTokenStatement: Statement = {
  name: 'register_token',
  text: /* sql */ `
with before as materialized (
  select user_id from public.push_tokens where token_hash = $10 for update
)
insert into public.push_tokens as t
  (id, user_id, platform, project_id, device_id, app_version, locale, token_ciphertext, token_hash, key_id, registered_at)
select $1::uuid, $2::uuid, $3, p.id, $6, $7, $8, $9, $10, $11, clock_timestamp()
from push.projects p left join before b on true
where p.provider = $4 and p.name = coalesce($5, 'default')
on conflict (token_hash) do update set
  user_id = excluded.user_id,
  platform = excluded.platform,
  is_active = true,
  state = 'active',
  state_reason = null,
  state_at = case when t.state = 'active' then t.state_at else clock_timestamp() end,
  project_id = case when $5::text is null then t.project_id else excluded.project_id end,
  device_id = coalesce(excluded.device_id, t.device_id),
  app_version = coalesce(excluded.app_version, t.app_version),
  locale = coalesce(excluded.locale, t.locale),
  -- Not now(): this may have waited for another registration, and the later one has to look later.
  registered_at = clock_timestamp(),
  register_again_at = null
returning t.id, t.token_ciphertext as ciphertext, t.key_id as "keyId", (select user_id from before) as "previousUser"`,
};

export interface RegisteredToken {
  readonly id: string;
  readonly ciphertext: Buffer;
  readonly keyId: number;
  readonly previousUser: string | null;
}
