/** The load generator, a process of its own. Runs until SIGTERM, then switches everything on again and ends by itself. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { insertRows, post, register, type User } from './load-acts.js';
import type { LoadSetting } from './load-setting.js';
import { Operator } from './operator.js';
import { Pen } from './pen.js';
import { below, random } from './random.js';

const talkers = 4;

async function main(): Promise<void> {
  const setting = JSON.parse(process.env['CHAOS_LOAD'] ?? '{}') as LoadSetting;
  const pen = new Pen(setting);
  const drawing = (stream: number): (() => number) => random(setting.seed ^ (0x10ad + stream));
  const ending = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => ending.abort());

  const users = await invite(pen, 60);
  process.stdout.write('ready\n');
  const operator = new Operator({ pen, users, draw: drawing(0), newToken, changingZone: setting.changingZone, ending: ending.signal });
  await Promise.all([operator.work(), ...Array.from({ length: talkers }, (_, i) => talk(pen, users, drawing(1 + i), ending.signal))]);
  await operator.switchEverythingOn();
}

async function invite(pen: Pen, count: number): Promise<User[]> {
  const users = Array.from({ length: count }, () => ({ id: randomUUID(), token: newToken() }));
  await Promise.all(users.map(({ id, token }) => register(pen, id, token)));
  return users;
}

const newToken = (): string => `ExponentPushToken[${randomUUID().replaceAll('-', '').slice(0, 22)}]`;

/** What an app does, all the time. */
async function talk(pen: Pen, users: readonly User[], draw: () => number, ending: AbortSignal): Promise<void> {
  const someone = (): string => users[below(draw, users.length)]?.id ?? '';
  for (let i = 0; !ending.aborted; i++) {
    const title = `Chaos ${randomUUID()}`;
    const type = i % 3 === 0 ? 'once' : 'reminder';
    const some = [...new Set(Array.from({ length: i % 20 === 5 ? 30 : 4 }, someone))];
    const common = { userIds: some, type, title };
    if (i % 6 === 1) await insertRows(pen, { ...common, end: 'rollback', after: null });
    else if (i % 6 === 2)
      await post(pen, { userId: someone(), type, title, key: i % 12 === 2 ? randomUUID() : null, times: i % 12 === 2 ? 2 : 1 });
    else await insertRows(pen, { ...common, end: 'commit', after: i % 6 === 3 ? 2 : null });
    await delay(100 + below(draw, 200));
  }
}

await main();
process.exit(0);
