/** The ways in which notifications come in, each written down with what came back. */
import { randomUUID } from 'node:crypto';
import type { Submission } from '../../check/timeline.js';
import { connect, type Stage } from './stage.js';

interface Row {
  readonly userId: string;
  readonly type: string;
  readonly expiresInSeconds?: number;
}

const title = (): string => `Stage ${randomUUID()}`;

const base = { idempotencyKey: null, rolledBack: false, repeats: false } as const;

/** One transaction of an app: rows of one title for each user; committed, or rolled back after a while. */
export async function insertRows(stage: Stage, rows: readonly Row[], end: 'commit' | 'rollback' = 'commit'): Promise<void> {
  const text = title();
  const { act, result } = await stage.act(
    async () => {
      const client = await connect(stage.databaseUrl);
      await client.query('begin');
      const inserted = await client.query<{ id: string }>(
        /* sql */ `
        insert into public.notifications (user_id, type, title, message, expires_at)
        select u, t, $3, 'from the stage', clock_timestamp() + make_interval(secs => s) from unnest($1::uuid[], $2::text[], $4::float8[]) as x(u, t, s)
        returning id`,
        [rows.map(({ userId }) => userId), rows.map(({ type }) => type), text, rows.map((row) => row.expiresInSeconds ?? null)],
      );
      await client.query(end);
      await client.end().catch(() => undefined);
      return inserted.rows.map(({ id }) => id);
    },
    () => true,
  );
  stage.timeline.submissions.push({
    ...base,
    ...act,
    userIds: rows.map(({ userId }) => userId),
    type: rows[0]?.type ?? '',
    title: text,
    ids: end === 'commit' ? (result ?? []) : [],
    rolledBack: end === 'rollback',
  });
}

/** One request, sent `times` times under one key. */
export async function post(stage: Stage, userId: string, type: string, times = 1): Promise<void> {
  const [text, key] = [title(), randomUUID()];
  for (let i = 0; i < times; i++) {
    const { act, result } = await stage.act(
      () => stage.call('POST', '/v1/notifications', { userId, type, title: text }, { 'idempotency-key': key }),
      ({ status }) => status === 202,
    );
    const id = (result?.body as { id?: string } | null)?.id;
    const submission: Submission = {
      ...base,
      ...act,
      userIds: [userId],
      type,
      title: text,
      ids: id === undefined ? [] : [id],
      idempotencyKey: key,
    };
    stage.timeline.submissions.push(submission);
  }
}

/** The same content twice, at a distance. */
export async function repeat(stage: Stage, userId: string, type: string): Promise<void> {
  const text = title();
  for (let i = 0; i < 2; i++) {
    const { act, result } = await stage.act(
      () => stage.call('POST', '/v1/notifications', { userId, type, title: text }),
      ({ status }) => status === 202,
    );
    const id = (result?.body as { id?: string } | null)?.id;
    stage.timeline.submissions.push({
      ...base,
      ...act,
      userIds: [userId],
      type,
      title: text,
      ids: id === undefined ? [] : [id],
      repeats: true,
    });
  }
}

/** What must be refused, with the path of what is wrong. */
export async function sendNonsense(stage: Stage, userId: string): Promise<void> {
  const cases: [string, object][] = [
    ['no title', { userId, type: 'reminder' }],
    ['a user who is none', { userId: 'me', type: 'reminder', title: 'x' }],
    ['a type of another kind', { userId, type: 7, title: 'x' }],
    ['an unknown field', { userId, type: 'reminder', title: 'x', colour: 'red' }],
    ['a NUL in the title', { userId, type: 'reminder', title: 'x\u0000' }],
  ];
  for (const [name, body] of cases) {
    const marker = 'title' in body ? `Nonsense ${randomUUID()}` : null;
    const sent = marker === null || name.includes('NUL') ? body : { ...body, title: marker };
    const { act, result } = await stage.act(
      () => stage.call('POST', '/v1/notifications', sent),
      () => true,
    );
    const path = (result?.body as { error?: { path?: string | null } } | null)?.error?.path ?? null;
    stage.timeline.bad.push({ ...act, name, status: result?.status ?? null, path, marker });
  }
}
