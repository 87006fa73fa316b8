import { type Check, type Finding, orOk, text, warn } from '../finding.js';

/**
 * Triggers on notifications that call out by HTTP: database webhooks of Supabase (supabase_functions.http_request), and functions that use pg_net
 * or the http extension. Those send from outside of the transaction, are lost when the call fails, and send twice beside Todoku.
 */
const callers = /* sql */ `
select t.tgname as trigger, n.nspname || '.' || p.proname as function, encode(t.tgargs, 'escape') as args, t.tgenabled <> 'D' as enabled
from pg_trigger t join pg_proc p on p.oid = t.tgfoid join pg_namespace n on n.oid = p.pronamespace
where t.tgrelid = to_regclass('public.notifications') and not t.tgisinternal
  and (n.nspname = 'supabase_functions' or p.prosrc ~* '\\m(net\\.http_(post|get|delete)|http_post|http_request|http\\s*\\()')
order by 1`;

export const webhooks: Check = {
  name: 'webhooks',
  title: text('Old webhooks', '旧 Webhook'),
  needsDatabase: true,
  look: async ({ database }) => {
    const rows = await database.query<{ trigger: string; function: string; args: string; enabled: boolean }>(callers);
    const findings = rows.map(({ trigger, function: called, args, enabled }): Finding => {
      const target = /https?:\/\/[^\s?#\\]+/.exec(args)?.[0];
      const calls = target === undefined ? called : `${called} → ${target}`;
      const state = enabled ? '' : ' (disabled)';
      return warn(
        text(
          `trigger ${trigger} on notifications calls ${calls}${state}`,
          `notifications のトリガー ${trigger} が ${calls} を呼んでいます${enabled ? '' : '（無効）'}`,
        ),
        moveOff(trigger),
      );
    });
    return orOk(findings, text('no trigger on notifications calls out by HTTP', 'notifications から HTTP を呼ぶトリガーはありません'));
  },
};

function moveOff(trigger: string): { readonly en: string; readonly ja: string } {
  const name = `"${trigger.replaceAll('"', '""')}"`;
  const disable = `alter table public.notifications disable trigger ${name};`;
  const drop = `drop trigger ${name} on public.notifications;`;
  return text(
    `If it sends pushes, every notification goes out twice. 1. \`${disable}\` 2. Send one to yourself: \`todoku send --user <you> …\`, then \`todoku explain <id>\` says that it arrived. 3. A day later \`${drop}\`, delete its Edge Function, and take it out of the Database Webhooks of Supabase. If it does something else, leave it.`,
    `これが送信していると、通知が二重に届きます。1. \`${disable}\` 2. 自分宛てに \`todoku send --user <自分> …\` で送り、\`todoku explain <id>\` で到着を確認。3. 翌日 \`${drop}\`、Edge Function と Supabase の Database Webhooks からも削除。送信以外の用途ならそのままで構いません。`,
  );
}
