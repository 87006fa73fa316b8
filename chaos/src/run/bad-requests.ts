/** What must be refused with a 4xx that names the field, and leave nothing. */
import { randomUUID } from 'node:crypto';
import type { Pen } from './pen.js';

interface BadRequest {
  readonly name: string;
  /** `title` is in it wherever a title can be, to be looked for in the database later. */
  readonly body: (userId: string, title: string) => object;
}

export const BAD_REQUESTS: readonly [BadRequest, ...BadRequest[]] = [
  { name: 'no title', body: (userId) => ({ userId, type: 'reminder' }) },
  { name: 'a user who is none', body: (_, title) => ({ userId: 'me', type: 'reminder', title }) },
  { name: 'a number for a type', body: (userId, title) => ({ userId, type: 7, title }) },
  { name: 'an unknown field', body: (userId, title) => ({ userId, type: 'reminder', title, colour: 'red' }) },
  { name: 'a NUL in the message', body: (userId, title) => ({ userId, type: 'reminder', title, message: 'a\u0000b' }) },
  { name: 'half a character', body: (userId, title) => ({ userId, type: 'reminder', title, message: '\ud800' }) },
  { name: 'a NUL in the data', body: (userId, title) => ({ userId, type: 'reminder', title, data: { deep: ['\u0000'] } }) },
  {
    name: 'a prototype in the data',
    body: (userId, title) => ({ userId, type: 'reminder', title, data: JSON.parse('{"__proto__":{"a":1}}') }),
  },
  { name: 'data as a list', body: (userId, title) => ({ userId, type: 'reminder', title, data: [1] }) },
  { name: 'data too deep', body: (userId, title) => ({ userId, type: 'reminder', title, data: nested(200) }) },
  { name: 'more than a push can hold', body: (userId, title) => ({ userId, type: 'reminder', title, message: '届'.repeat(2000) }) },
  { name: 'a date that is none', body: (userId, title) => ({ userId, type: 'reminder', title, sendAt: 'tomorrow' }) },
  {
    name: 'over before it begins',
    body: (userId, title) => ({ userId, type: 'reminder', title, sendAt: '2099-01-02T00:00:00Z', expiresAt: '2099-01-01T00:00:00Z' }),
  },
];

function nested(depth: number): object {
  let inner: object = {};
  for (let i = 0; i < depth; i++) inner = { inner };
  return inner;
}

export async function sendNonsense(pen: Pen, userId: string, { name, body }: BadRequest): Promise<void> {
  const marker = `Nonsense ${randomUUID()}`;
  const { act, result } = await pen.request('POST', '/v1/notifications', body(userId, marker), 202);
  const path = (result?.body as { error?: { path?: string | null } } | null)?.error?.path ?? null;
  pen.write({ record: 'bad', ...act, name, status: result?.status ?? null, path, marker });
}
