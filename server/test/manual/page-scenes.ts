import { exampleUser, type ManualSystem } from './manual-system.js';

const exampleNotification = '0198f2c4-5a7b-7c1d-8e2f-3a4b5c6d7e8f';
/** The pages pause, resume and cancel it. */
const exampleBroadcast = '{"type":"news","title":"42","audience":{"kind":"all"}}';

/** Its rule. */
export const exampleAlert = 'delivery-slow';

/** What the pages' examples name is there: a user with a device and notifications, one of them twice, a broadcast, an alert. */
export async function prepareExamples(system: ManualSystem): Promise<void> {
  const { spine, examples } = system;
  const user = await spine.user(1, exampleUser);
  const id = await spine.notify(user.id, { title: 'Time to sleep' });
  await spine.notify(user.id, { title: 'Time to sleep' });
  examples.set(exampleNotification, id);
  const [alert] = await spine.admin.query<{ id: string }>(
    `insert into push.alert_episodes (rule, subject, severity, figure, comparison, threshold, breached_at, fired_at)
     select name, '', severity, figure, comparison, threshold, now(), now() from push.alert_rules where name = $1 returning id`,
    [exampleAlert],
  );
  examples.set('ack 17', `ack ${alert?.id ?? ''}`);
  const { out } = await system.run(
    { language: 'sh', code: `echo '${exampleBroadcast}' | npx todoku broadcast create --file - --json --reason example` },
    'en',
  );
  const broadcast = JSON.parse(out) as { id: number };
  for (const act of ['pause', 'resume', 'cancel', 'show']) examples.set(`broadcast ${act} 42`, `broadcast ${act} ${broadcast.id}`);
  await system.run({ language: 'sh', code: `npx todoku broadcast start ${broadcast.id} --reason example` }, 'en');
  await spine.settles();
}
