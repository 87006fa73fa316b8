/** Who takes part in a short run: users, their devices, and what the provider thinks of those. */
import { randomUUID } from 'node:crypto';
import type { Stage } from './stage.js';

export interface CastUser {
  readonly id: string;
  readonly tokens: string[];
}

export interface Cast {
  /** Users with two devices each, some of them dead. */
  readonly plain: readonly CastUser[];
  /** It is night where they are. */
  readonly night: readonly CastUser[];
  /** Their devices go to others in mid-flight. */
  readonly movers: readonly CastUser[];
  /** They sign out in mid-flight. */
  readonly leavers: readonly CastUser[];
  /** Known by nothing but a broadcast's list. */
  readonly strangers: readonly string[];
}

export async function invite(stage: Stage): Promise<Cast> {
  const plain = await users(stage, 40, 2);
  for (const [i, { tokens }] of plain.entries()) {
    const [, second = ''] = tokens;
    if (i % 4 === 0) stage.simulator.control.setToken(second, { behaviour: 'dead_at_receipt' });
    if (i % 13 === 1) stage.simulator.control.setToken(second, { behaviour: 'dead_at_ticket' });
  }
  const night = await users(stage, 5, 1);
  const minute = Math.floor(Date.now() / 60_000) % 1440;
  for (const { id } of night) await quietAround(stage, id, minute);
  return {
    plain,
    night,
    movers: await users(stage, 6, 1),
    leavers: await users(stage, 6, 1),
    strangers: Array.from({ length: 280 }, () => randomUUID()),
  };
}

async function users(stage: Stage, count: number, devices: number): Promise<CastUser[]> {
  return await Promise.all(
    Array.from({ length: count }, async () => {
      const user: CastUser = { id: randomUUID(), tokens: [] };
      for (let i = 0; i < devices; i++) {
        const token = `ExponentPushToken[${randomUUID().replaceAll('-', '').slice(0, 22)}]`;
        user.tokens.push(token);
        await register(stage, user.id, token);
      }
      return user;
    }),
  );
}

export async function register(stage: Stage, userId: string, token: string): Promise<void> {
  const { act } = await stage.act(
    () => stage.call('POST', '/v1/push-tokens', { userId, token, platform: 'ios' }),
    ({ status }) => status === 201,
  );
  stage.timeline.devices.push({ ...act, kind: 'register', userId, token });
}

export async function signOut(stage: Stage, userId: string, token: string): Promise<void> {
  const { act } = await stage.act(
    () => stage.call('DELETE', '/v1/push-tokens', { userId, token }),
    ({ status }) => status === 204,
  );
  stage.timeline.devices.push({ ...act, kind: 'sign_out', userId, token });
}

async function quietAround(stage: Stage, userId: string, minute: number): Promise<void> {
  const quiet = { startMinute: (minute + 1440 - 120) % 1440, endMinute: (minute + 240) % 1440 };
  const { act } = await stage.act(
    () =>
      stage.call('PATCH', `/v1/users/${userId}/settings`, {
        timezone: 'UTC',
        quietHours: { enabled: true, start: clock(quiet.startMinute), end: clock(quiet.endMinute) },
      }),
    ({ status }) => status === 200,
  );
  stage.timeline.settings.push({ ...act, userId, quiet, timezone: 'UTC', pushEnabled: true, disabledTypes: [] });
}

const clock = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
