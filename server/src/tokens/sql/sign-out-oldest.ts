import type { Statement } from '../../database/database.js';

/**
 * Signs out what a user has beyond policy.devices_per_user, the longest not registered first. $1 user. A device that registers again at the same
 * moment is left alone: its row is looked at again under the lock.
 */
export const signOutOldestStatement: Statement = {
  name: 'sign_out_oldest',
  text: /* sql */ `
with surplus as materialized (
  select t.id, t.registered_at from public.push_tokens t
  where t.user_id = $1 and t.is_active
  order by t.registered_at desc, t.id
  offset (select devices_per_user from push.policy)
), locked as materialized (
  select t.id from public.push_tokens t join surplus s on s.id = t.id
  where t.is_active and t.registered_at = s.registered_at
  order by t.id
  for update of t
)
update public.push_tokens t
set state = 'signed_out', is_active = false, state_reason = 'DEVICE_LIMIT', state_at = clock_timestamp()
from locked where t.id = locked.id`,
};
