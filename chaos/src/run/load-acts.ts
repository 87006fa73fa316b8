/** What an app and its operators do to the product. Each act is written down with its answer. */
import type { Answered, Submission, SwitchName } from '../check/timeline.js';
import { connect } from './cluster/sql.js';
import type { Pen } from './pen.js';

export interface User {
  readonly id: string;
  readonly token: string;
}

const plain = { idempotencyKey: null, rolledBack: false, repeats: false, ids: [] } as const;

/** `once`: never sent twice, whatever is not known. */
const TYPES = ['reminder', 'once'] as const;

export async function register(pen: Pen, userId: string, token: string): Promise<boolean> {
  const { act } = await pen.request('POST', '/v1/push-tokens', { userId, token, platform: 'ios' }, 201);
  pen.write({ record: 'device', ...act, kind: 'register', userId, token });
  return act.answered === 'done';
}

export async function signOut(pen: Pen, { id, token }: User): Promise<void> {
  const { act } = await pen.request('DELETE', '/v1/push-tokens', { userId: id, token }, 204);
  pen.write({ record: 'device', ...act, kind: 'sign_out', userId: id, token });
}

interface Rows {
  readonly userIds: readonly string[];
  readonly type: string;
  readonly title: string;
  readonly end: 'commit' | 'rollback';
  /** Scheduled so far ahead, s. */
  readonly after: number | null;
}

/** One transaction of an app. */
export async function insertRows(pen: Pen, { userIds, type, title, end, after }: Rows): Promise<void> {
  const { act, result } = await pen.act(
    end,
    async () => {
      const client = await connect(pen.databaseUrl);
      try {
        await client.query('begin');
        const inserted = await client.query<{ id: string }>(
          /* sql */ `
          insert into public.notifications (user_id, type, title, message, send_at)
          select u, $2, $3, 'chaos', clock_timestamp() + make_interval(secs => $4::float8) from unnest($1::uuid[]) as u
          returning id`,
          [userIds, type, title, after],
        );
        await client.query(end);
        return inserted.rows.map(({ id }) => id);
      } finally {
        void client.end().catch(() => undefined);
      }
    },
    () => true,
  );
  const rolledBack = end === 'rollback';
  pen.write({ record: 'submission', ...plain, ...act, userIds, type, title, ids: rolledBack ? [] : (result ?? []), rolledBack });
}

/** One request under one key, sent again until it is answered or `times` is over. */
export async function post(
  pen: Pen,
  one: { userId: string; type: string; title: string; key: string | null; times: number },
): Promise<void> {
  const { userId, type, title, key, times } = one;
  for (let i = 0; i < times; i++) {
    const headers: Readonly<Record<string, string>> = key === null ? {} : { 'idempotency-key': key };
    const { act, result } = await pen.request('POST', '/v1/notifications', { userId, type, title }, 202, headers);
    const id = (result?.body as { id?: string } | null)?.id;
    const ids = id === undefined ? [] : [id];
    const submission: Omit<Submission, 'to'> = { ...plain, ...act, userIds: [userId], type, title, ids, idempotencyKey: key };
    pen.write({ record: 'submission', ...submission, to: act.to });
  }
}

export interface Night {
  readonly timezone: string;
  readonly startMinute: number;
  readonly endMinute: number;
}

const clock = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

export async function setQuietHours(pen: Pen, userId: string, { timezone, startMinute, endMinute }: Night): Promise<void> {
  const body = { timezone, quietHours: { enabled: true, start: clock(startMinute), end: clock(endMinute) } };
  const { act } = await pen.request('PATCH', `/v1/users/${userId}/settings`, body, 200);
  const quiet = { startMinute, endMinute };
  pen.write({ record: 'settings', ...act, userId, timezone, quiet, pushEnabled: undefined, disabledTypes: undefined });
}

/** What she wants no more, or again: all pushes, or those of one type. */
export async function setWishes(pen: Pen, userId: string, pushEnabled: boolean, disabledTypes: readonly string[]): Promise<void> {
  const types = Object.fromEntries(TYPES.map((type) => [type, { enabled: !disabledTypes.includes(type) }]));
  const { act } = await pen.request('PATCH', `/v1/users/${userId}/settings`, { pushEnabled, types }, 200);
  pen.write({ record: 'settings', ...act, userId, timezone: undefined, quiet: undefined, pushEnabled, disabledTypes });
}

/** How many are sent at once, how large chunks are. */
export async function tune(pen: Pen, change: object): Promise<void> {
  const { act } = await pen.request('PATCH', '/v1/tuning', { ...change, reason: 'chaos' }, 200);
  pen.write({ record: 'tuning', ...act });
}

const switchPaths: Readonly<Record<Exclude<SwitchName, 'pushes_off'>, readonly [stop: string, go: string]>> = {
  pause: ['/v1/queue/pause', '/v1/queue/resume'],
  emergency: ['/v1/emergency/stop', '/v1/emergency/resume'],
};

/** True when it was surely done. */
export async function flip(pen: Pen, name: Exclude<SwitchName, 'pushes_off'>, stops: boolean): Promise<boolean> {
  const { act } = await pen.request('POST', switchPaths[name][stops ? 0 : 1], { reason: 'chaos' }, 200);
  pen.write({ record: 'switch', ...act, name, stops });
  return act.answered === 'done';
}

const patience = 30;

/** Tried until it is done: what stays stopped would hold all work up. */
export async function switchOn(pen: Pen, name: Exclude<SwitchName, 'pushes_off'>, pause: (ms: number) => Promise<unknown>): Promise<void> {
  for (let tries = 0; tries < patience && !(await flip(pen, name, false)); tries++) await pause(500);
}

/** The number of the broadcast; null when no answer told it. */
export async function startBroadcast(pen: Pen, title: string, userIds: readonly string[]): Promise<string | null> {
  const body = { type: 'news', title, audience: { kind: 'list', userIds }, start: true, reason: 'chaos' };
  const { act, result } = await pen.request('POST', '/v1/broadcasts', body, 201);
  const id = (result?.body as { id?: number } | null)?.id;
  const broadcastId = id === undefined ? null : String(id);
  pen.write({ record: 'broadcast', ...act, kind: 'start', broadcastId, title, userIds });
  return broadcastId;
}

/** A broadcast that is done already can't be steered any more: refused. */
export async function steerBroadcast(pen: Pen, broadcastId: string, kind: 'pause' | 'resume' | 'cancel'): Promise<Answered> {
  const { act } = await pen.request('POST', `/v1/broadcasts/${broadcastId}/${kind}`, { reason: 'chaos' }, 200);
  pen.write({ record: 'broadcast', ...act, kind, broadcastId, title: null, userIds: null });
  return act.answered;
}
