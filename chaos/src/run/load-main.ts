/** The load generator, a process of its own. Runs until SIGTERM, then switches everything on again and ends by itself. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { flip, insertRows, post, register, setQuietHours, signOut, startBroadcast, steerBroadcast, type User } from './load-acts.js';
import type { LoadSetting } from './load-setting.js';
import { Pen } from './pen.js';
import { below, random } from './schedule.js';

const switches = ['pause', 'emergency'] as const;

async function main(): Promise<void> {
  const setting = JSON.parse(process.env['CHAOS_LOAD'] ?? '{}') as LoadSetting;
  const pen = new Pen(setting);
  const draw = random(setting.seed ^ 0x10ad);
  const ending = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => ending.abort());

  const users = await invite(pen, 40);
  process.stdout.write('ready\n');
  await Promise.all([talk(pen, users, draw, ending.signal), operate(pen, users, draw, ending.signal)]);
  // Through whatever is still broken: what stands switched off would hold all work up.
  for (const name of switches) for (let tries = 0; tries < 30 && !(await flip(pen, name, false)); tries++) await delay(500);
}

async function invite(pen: Pen, count: number): Promise<User[]> {
  const users = Array.from({ length: count }, () => ({ id: randomUUID(), token: newToken() }));
  await Promise.all(users.map(({ id, token }) => register(pen, id, token)));
  return users;
}

const newToken = (): string => `ExponentPushToken[${randomUUID().replaceAll('-', '').slice(0, 22)}]`;

/** What an app does, all the time. */
async function talk(pen: Pen, users: readonly User[], draw: () => number, ending: AbortSignal): Promise<void> {
  const pick = (): string => users[below(draw, users.length)]?.id ?? '';
  for (let i = 0; !ending.aborted; i++) {
    const title = `Chaos ${randomUUID()}`;
    const type = i % 3 === 0 ? 'once' : 'reminder';
    const some = [...new Set(Array.from({ length: i % 20 === 5 ? 30 : 4 }, pick))];
    const common = { userIds: some, type, title };
    if (i % 6 === 1) await insertRows(pen, { ...common, end: 'rollback', after: null });
    else if (i % 6 === 2)
      await post(pen, { userId: pick(), type, title, key: i % 12 === 2 ? randomUUID() : null, times: i % 12 === 2 ? 2 : 1 });
    else await insertRows(pen, { ...common, end: 'commit', after: i % 6 === 3 ? 2 : null });
    await delay(60 + below(draw, 120));
  }
}

/** What users and operators do now and then, in mid-flight. */
async function operate(pen: Pen, users: readonly User[], draw: () => number, ending: AbortSignal): Promise<void> {
  const pause = (ms: number): Promise<void> => delay(ms, undefined, { signal: ending }).catch(() => undefined);
  for (let i = 0; !ending.aborted; i++) {
    await pause(1500 + below(draw, 1500));
    if (ending.aborted) return;
    const one = users[below(draw, users.length)];
    if (one === undefined) return;
    switch (i % 6) {
      case 0:
        await startBroadcast(
          pen,
          `Chaos to many ${randomUUID()}`,
          users.map(({ id }) => id),
        );
        break;
      case 1:
        await register(pen, users[below(draw, users.length)]?.id ?? '', one.token);
        break;
      case 2: {
        const name = switches[below(draw, switches.length)] ?? 'pause';
        await flip(pen, name, true);
        await pause(2500);
        for (let tries = 0; tries < 10 && !(await flip(pen, name, false)); tries++) await pause(300);
        break;
      }
      case 3: {
        const minute = Math.floor(Date.now() / 60_000) % 1440;
        await setQuietHours(pen, one.id, (minute + 1320) % 1440, (minute + 240) % 1440, 'UTC');
        break;
      }
      case 4: {
        const id = await startBroadcast(
          pen,
          `Chaos cut short ${randomUUID()}`,
          users.map((user) => user.id),
        );
        if (id !== null) await steerBroadcast(pen, id, 'cancel');
        break;
      }
      default:
        await signOut(pen, one);
        await register(pen, one.id, newToken());
    }
  }
}

await main();
process.exit(0);
