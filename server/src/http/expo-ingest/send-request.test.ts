import { describe, expect, it } from 'vitest';
import { readSendRequest } from './send-request.js';

const to = 'ExponentPushToken[a]';
const read = (body: unknown) => readSendRequest(body);

describe('readSendRequest', () => {
  it('flattens recipients in order', () => {
    const request = read([{ to: ['a', 'b'], title: 'one' }, { to: 'a', body: 'two' }, { to: [] }]);
    expect(request).toMatchObject({
      single: false,
      recipients: [
        { token: 'a', message: { title: 'one' } },
        { token: 'b', message: { title: 'one' } },
        { token: 'a', message: { body: 'two' } },
      ],
    });
  });

  it.each([
    [{ to }, true],
    [{ to: [to] }, false],
    [{ to: [] }, false],
    [[{ to }], false],
  ])('knows of %j whether one ticket or a list is the answer', (body, single) => {
    expect(read(body)).toMatchObject({ single });
  });

  it('takes a hundred recipients, however they are spread, and no more', () => {
    const many = (n: number): string[] => Array.from({ length: n }, (_, i) => `token ${i}`);
    expect(read([{ to: many(60) }, { to: many(40) }])).toMatchObject({ recipients: { length: 100 } });
    expect(read([{ to: many(60) }, { to: many(41) }])).toEqual({
      status: 400,
      code: 'PUSH_TOO_MANY_NOTIFICATIONS',
      message: 'You can send a maximum of 100 notifications per request (received 101); divide your requests.',
      isTransient: false,
    });
  });

  it.each([
    [null, '"value" must be of type object.'],
    [[], '"value" must contain at least 1 items.'],
    [[{ to }, 'no'], '"[1]" must be of type object.'],
    [{}, '"to" must be a string or an array of strings.'],
    [[{ to: [1] }], '"[0].to" must be a string or an array of strings.'],
    [[{ to }, { to }, { to, title: 5 }], '"[2].title" must be a string.'],
    [{ to, title: null }, '"title" must be a string.'],
    [[{ to, body: {} }], '"[0].body" must be a string.'],
    [[{ to, body: 'a\0' }], '"[0].body" must be well-formed text without NUL.'],
    [[{ to, data: 'x' }], '[0].data must be of type object.'],
    [{ to, data: [] }, 'data must be of type object.'],
    [[{ to, data: { a: ['\ud800'] } }], '[0].data.a[0] must be well-formed text without NUL.'],
    [[{ to, data: { constructor: 1 } }], '[0].data.constructor is not allowed as a key.'],
    [[{ to, ttl: '5' }], '"[0].ttl" must be a number.'],
    [[{ to, ttl: -1 }], '"[0].ttl" must be larger than or equal to 0.'],
    [[{ to, expiration: true }], '"[0].expiration" must be a number.'],
    [[{ to, badge: '5' }], '"[0].badge" must be a whole number of 0 or more.'],
    [[{ to, priority: 'urgent' }], '"[0].priority" must be one of [default, normal, high].'],
    [[{ to, sound: 5 }], '"[0].sound" must be a string.'],
    [[{ to, sound: { volume: 'loud' } }], '"[0].sound" must be a string.'],
    [[{ to, richContent: { image: 'javascript:x' } }], '"[0].richContent" must be an object with the http or https address of an image.'],
    [[{ to, _contentAvailable: 1 }], '"[0]._contentAvailable" must be a boolean.'],
    [[{ to, collapseId: 7 }], '"[0].collapseId" must be a string.'],
  ])('refuses %j with the place of the fault', (body, message) => {
    expect(read(body)).toEqual({ status: 400, code: 'VALIDATION_ERROR', message, isTransient: false });
  });

  it('ignores fields that it does not know and presentational texts that are empty', () => {
    const request = read({ to, subtitle: '', channelId: '', sound: '', unheardOf: 1 });
    expect(request).toMatchObject({ recipients: [{ message: { to } }] });
    expect(request).not.toHaveProperty('recipients.0.message.channelId');
  });
});
