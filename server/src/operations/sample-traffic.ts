import { randomUUID } from 'node:crypto';
import type { Database } from '../database/database.js';
import type { PushTokenManager } from '../tokens/push-token-manager.js';

const SAMPLE_USERS = 5;

interface Sample {
  readonly user: string;
  readonly type: string;
  readonly title: string;
  readonly message: string;
}

/**
 * A little traffic for a sandbox that has never seen any, so that the first look at the ledger shows something: sends, a duplicate, a user who has
 * switched pushes off, one without a device, one in quiet hours. Returns how many notifications it inserted; none outside an empty database.
 */
export async function sendSampleTraffic(database: Database, tokens: PushTokenManager): Promise<number> {
  const [seen] = await database.query('select from public.notifications limit 1');
  if (seen !== undefined) return 0;
  const users = Array.from({ length: SAMPLE_USERS }, () => randomUUID());
  const [first = '', second = '', quiet = '', off = '', deviceless = ''] = users;
  for (const [i, userId] of [first, second, quiet, off].entries()) {
    await tokens.register({
      userId,
      token: `ExponentPushToken[sample-${i}-${userId.slice(0, 8)}]`,
      platform: i % 2 === 0 ? 'ios' : 'android',
    });
  }
  await database.query(
    /* sql */ `
    insert into public.notification_settings (user_id, push_enabled, timezone, quiet_hours_enabled, quiet_hours_start, quiet_hours_end) values
      ($1, true, 'Asia/Tokyo', true, (now() at time zone 'Asia/Tokyo')::time - interval '1 hour', (now() at time zone 'Asia/Tokyo')::time + interval '1 hour'),
      ($2, false, 'Asia/Tokyo', false, '22:00', '07:00')`,
    [quiet, off],
  );
  const samples: Sample[] = [
    { user: first, type: 'reminder', title: '授乳の時間です', message: '前回から3時間たちました。' },
    { user: first, type: 'reminder', title: '授乳の時間です', message: '前回から3時間たちました。' },
    { user: second, type: 'comment', title: 'コメントが届きました', message: '「おつかれさまです」' },
    { user: second, type: 'critical', title: 'Please read', message: 'A critical notification passes quiet hours and the cap.' },
    { user: quiet, type: 'reminder', title: 'Held until the quiet hours end', message: 'It is an hour before or after now in Tokyo.' },
    { user: off, type: 'reminder', title: 'Suppressed', message: 'This user has switched pushes off.' },
    { user: deviceless, type: 'reminder', title: 'Suppressed', message: 'This user has no device.' },
  ];
  await database.query(
    /* sql */ `
    insert into public.notifications (user_id, type, title, message)
    select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[])`,
    [samples.map((s) => s.user), samples.map((s) => s.type), samples.map((s) => s.title), samples.map((s) => s.message)],
  );
  return samples.length;
}
