import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hostileJson } from '../../test/support/hostile-json.js';
import { TodokuError } from '../errors/todoku-error.js';
import { MAX_PAYLOAD_BYTES, payloadBytes } from '../planning/payload-size.js';
import { deepestNesting } from './json-depth.js';
import { notificationInputSchema, parseNotification } from './notification-input.js';

const plain = { userId: '5F0C4B0E-0000-4000-8000-000000000001', type: 'feeding', title: 'Time to eat' };

function refused(value: unknown, prefix?: string): TodokuError {
  try {
    parseNotification(value, prefix);
  } catch (error) {
    if (error instanceof TodokuError) return error;
    throw error;
  }
  throw new Error('was taken');
}

describe('parseNotification takes', () => {
  it('the least that a notification needs', () => {
    expect(parseNotification(plain)).toEqual({ ...plain, message: '', data: {} });
  });

  it('everything that it can have', () => {
    const push = {
      sound: 'default',
      badge: 3,
      subtitle: 's',
      channelId: 'c',
      priority: 'high',
      interruptionLevel: 'active',
      threadId: 't',
    };
    const all = {
      id: '01990000-0000-7000-8000-000000000001',
      ...plain,
      message: '届いた',
      data: { a: [1, { b: null }] },
      collapseKey: 'k',
      push,
    };
    const times = { sendAt: '2026-08-01T09:00:00+09:00', expiresAt: '2026-08-01T00:00:00.001Z' };
    expect(parseNotification({ ...all, ...times })).toEqual({
      ...all,
      sendAt: new Date('2026-08-01T00:00:00Z'),
      expiresAt: new Date('2026-08-01T00:00:00.001Z'),
    });
  });

  it('null where a field may be absent', () => {
    const absent = { sendAt: null, expiresAt: null, collapseKey: null, push: null };
    expect(parseNotification({ ...plain, ...absent })).toMatchObject(absent);
  });

  it.each(['a', 'Feeding.Night_2-x', 'x'.repeat(64)])('the type %s', (type) => {
    expect(parseNotification({ ...plain, type }).type).toBe(type);
  });

  it('a payload of exactly the limit', () => {
    const rest = payloadBytes({ title: '', message: '', data: {} });
    const title = 'あ'.repeat(1000);
    const message = 'x'.repeat(MAX_PAYLOAD_BYTES - rest - 3000);
    expect(parseNotification({ ...plain, title, message }).message).toBe(message);
    expect(refused({ ...plain, title, message: `${message}x` }, '[2]')).toMatchObject({
      code: 'PAYLOAD_TOO_BIG',
      status: 400,
      path: '[2]',
    });
  });
});

describe('parseNotification refuses, naming the field,', () => {
  it.each([
    ['no object', 'text', ''],
    ['null', null, ''],
    ['an array', [plain], ''],
    ['no userId', { type: 'a', title: 'b' }, 'userId'],
    ['a userId that is no uuid', { ...plain, userId: '42' }, 'userId'],
    ['a userId with an injection', { ...plain, userId: `${plain.userId}' or '1'='1` }, 'userId'],
    ['an id that is no uuid', { ...plain, id: 1 }, 'id'],
    ['an empty type', { ...plain, type: '' }, 'type'],
    ['a type with a space', { ...plain, type: 'a b' }, 'type'],
    ['a type with a line break', { ...plain, type: 'a\n' }, 'type'],
    ['a type too long', { ...plain, type: 'x'.repeat(65) }, 'type'],
    ['an empty title', { ...plain, title: '' }, 'title'],
    ['a title that is a number', { ...plain, title: 1 }, 'title'],
    ['NUL in the title', { ...plain, title: 'a\0b' }, 'title'],
    ['half of a surrogate pair in the message', { ...plain, message: 'x\ud83d' }, 'message'],
    ['a message that is null', { ...plain, message: null }, 'message'],
    ['data that is an array', { ...plain, data: [] }, 'data'],
    ['data that is null', { ...plain, data: null }, 'data'],
    ['NUL deep in data', { ...plain, data: { a: { b: '\0' } } }, 'data.a.b'],
    ['a huge number in data', { ...plain, data: { list: [1, 1e300] } }, 'data.list[1]'],
    ['1e400 in data', JSON.parse(`{"userId":"${plain.userId}","type":"a","title":"b","data":{"n":1e400}}`), 'data.n'],
    ['__proto__ in data', { ...plain, data: JSON.parse('{"a":{"__proto__":{}}}') }, 'data.a.__proto__'],
    ['constructor in data', { ...plain, data: { constructor: {} } }, 'data.constructor'],
    ['__proto__ beside the fields', JSON.parse(`{"userId":"${plain.userId}","type":"a","title":"b","__proto__":{"x":1}}`), '__proto__'],
    [
      '100,000 levels',
      { ...plain, data: JSON.parse(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`) },
      `data.a${'[0]'.repeat(deepestNesting - 1)}`,
    ],
    ['100,000 levels where no field is', { ...plain, more: JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) }, 'more'],
    ['a field that there is not', { ...plain, priority: 'high' }, 'priority'],
    ['a field of the table that is not for the outside', { ...plain, broadcast_id: 1 }, 'broadcast_id'],
    ['a time without an offset', { ...plain, sendAt: '2026-08-01T09:00:00' }, 'sendAt'],
    ['a day that there is not', { ...plain, sendAt: '2026-02-29T09:00:00Z' }, 'sendAt'],
    ['a time as a number', { ...plain, expiresAt: 1_785_542_400 }, 'expiresAt'],
    ['a time that Postgres has not', { ...plain, expiresAt: '0000-01-01T00:00:00Z' }, 'expiresAt'],
    ['a time in the year 10000 of UTC', { ...plain, sendAt: '9999-12-31T23:59:59-10:00' }, 'sendAt'],
    ['an end before the start', { ...plain, sendAt: '2026-08-01T09:00:00+09:00', expiresAt: '2026-08-01T00:00:00Z' }, 'expiresAt'],
    ['a collapse key too long', { ...plain, collapseKey: 'k'.repeat(65) }, 'collapseKey'],
    ['a collapse key that is not ASCII', { ...plain, collapseKey: '届' }, 'collapseKey'],
    ['a collapse key with a line break', { ...plain, collapseKey: 'a\r\nb' }, 'collapseKey'],
    ['an unknown push option', { ...plain, push: { to: 'ExponentPushToken[x]' } }, 'push.to'],
    ['a push option of the wrong type', { ...plain, push: { badge: '1' } }, 'push.badge'],
    ['a wrong push option deeper', { ...plain, push: { sound: { volume: 2 } } }, 'push.sound.volume'],
  ])('%s', (_name, value, path) => {
    const error = refused(value, 'notifications[3]');
    expect(error.code).toBe('INVALID_INPUT');
    expect(error.status).toBe(400);
    expect(error.path).toBe(path === '' ? 'notifications[3]' : `notifications[3].${path}`);
  });
});

describe('parseNotification, for any JSON,', () => {
  const field = fc.constantFrom('id', 'userId', 'type', 'title', 'message', 'data', 'sendAt', 'expiresAt', 'collapseKey', 'push', 'more');

  it('takes it or throws a TodokuError with a path, and changes nothing of what came in', () => {
    fc.assert(
      fc.property(fc.dictionary(field, hostileJson, { noNullPrototype: true }), fc.boolean(), (changes, complete) => {
        const value = complete ? { ...plain, ...changes } : changes;
        const before = JSON.stringify(value);
        try {
          const taken = parseNotification(value);
          expect(payloadBytes(taken)).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
        } catch (error) {
          expect(error).toBeInstanceOf(TodokuError);
          expect((error as TodokuError).status).toBe(400);
        }
        expect(JSON.stringify(value)).toBe(before);
      }),
      { numRuns: 1000 },
    );
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
  });

  it('can be described as JSON schema, for the API documentation', () => {
    const described = z.toJSONSchema(notificationInputSchema, { io: 'input' });
    expect(described).toMatchObject({ type: 'object', additionalProperties: false, required: ['userId', 'type', 'title'] });
    expect(described.properties?.data).toMatchObject({ type: 'object' });
  });
});
