import { type Check, fail, ok, text } from '../finding.js';

/** Without it a row in notifications becomes no push. */
export const pushTrigger: Check = {
  name: 'push-trigger',
  title: text('Trigger', 'トリガー'),
  needsDatabase: true,
  look: async ({ database }) => {
    const [row] = await database.query<{ state: string }>(
      "select tgenabled as state from pg_trigger where tgrelid = to_regclass('public.notifications') and tgname = 'notification_push_trigger'",
    );
    if (row?.state === 'O' || row?.state === 'A') {
      return [ok(text('notification_push_trigger is enabled', 'notification_push_trigger は有効です'))];
    }
    const remedy = text(
      '`alter table notifications enable trigger notification_push_trigger;`, then `todoku queue catch-up --since <when> --reason <why>` for what came meanwhile.',
      '`alter table notifications enable trigger notification_push_trigger;` の後、その間の分は `todoku queue catch-up --since <日時> --reason <理由>` で取り込めます。',
    );
    if (row === undefined) {
      const lost = text(
        'notification_push_trigger is not there: new rows become no pushes',
        'notification_push_trigger がありません。新しい行は送信されません',
      );
      return [fail(lost, text('Make it again as supabase/schema.sql has it.', 'supabase/schema.sql のとおりに作り直してください。'))];
    }
    return [
      fail(
        text(
          'notification_push_trigger is disabled: new rows become no pushes',
          'notification_push_trigger が無効です。新しい行は送信されません',
        ),
        remedy,
      ),
    ];
  },
};
