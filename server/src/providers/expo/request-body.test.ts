import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outgoingMessage, outgoingMessages } from '../../../test/support/outgoing-message.js';
import type { OutgoingMessage, Platform } from '../provider.js';
import { createBodyBuilder } from './request-body.js';

type Built = Record<string, unknown> & { data: Record<string, unknown> };

const build = createBodyBuilder();
const read = (messages: readonly OutgoingMessage[]): Built[] => JSON.parse(build(messages)) as Built[];
const readOne = (changes: Partial<OutgoingMessage>): Built => read([outgoingMessage(1, changes)])[0] as Built;

describe('the body of a send', () => {
  it('is an array with the fields of the message', () => {
    expect(build([])).toBe('[]');
    expect(read([outgoingMessage(1)])).toEqual([
      {
        to: 'ExponentPushToken[device-1]',
        title: 'ミルクの時間です',
        body: 'そろそろ3時間です 🍼',
        data: { screen: 'feeding', _deliveryId: '1001' },
        ttl: 3600,
        priority: 'high',
        collapseId: 'delivery-1001',
      },
    ]);
  });

  it('keeps the order of the request', () => {
    const messages = outgoingMessages(100);
    expect(read(messages).map(({ to }) => to)).toEqual(messages.map(({ token }) => token));
  });

  it('leaves out an empty title and body: a silent message', () => {
    const built = readOne({ title: '', message: '' });
    expect(built).not.toHaveProperty('title');
    expect(built).not.toHaveProperty('body');
  });

  it('bounds the time to live by what FCM takes', () => {
    expect(readOne({ ttlSeconds: 31_536_000 })['ttl']).toBe(2_419_200);
  });

  it.each([
    ['{}', {}],
    ['{ }', {}],
    [' {\n} ', {}],
    ['{"a": {}}', { a: {} }],
    ['{"a": 1}', { a: 1 }],
    ['{"_deliveryId": "forged", "a": 1}', { a: 1 }],
  ])('adds the delivery id to data %s', (dataJson, data) => {
    expect(readOne({ dataJson }).data).toEqual({ ...data, _deliveryId: '1001' });
  });

  it('carries numbers as they were written', () => {
    expect(build([outgoingMessage(1, { dataJson: '{"big": 12345678901234567890.123}' })])).toContain('{"big": 12345678901234567890.123,');
  });

  it('carries any text, data and delivery id unchanged', () => {
    const text = fc.string({ unit: 'binary', minLength: 1 });
    const dataObject = fc
      .dictionary(fc.string(), fc.jsonValue())
      .map((data) => JSON.parse(JSON.stringify(data)) as Record<string, unknown>);
    fc.assert(
      fc.property(text, text, text, dataObject, fc.boolean(), (title, message, deliveryId, data, pretty) => {
        const built = readOne({ title, message, deliveryId, dataJson: JSON.stringify(data, null, pretty ? 2 : 0) });
        expect(built).toMatchObject({ title, body: message });
        expect(JSON.stringify(built.data)).toBe(JSON.stringify(JSON.parse(JSON.stringify({ ...data, _deliveryId: deliveryId }))));
      }),
    );
  });

  it('sends push options, high priority unless they say otherwise', () => {
    const pushJson = '{"sound": "default", "badge": 2, "channelId": "feeding", "richContent": {"image": "https://example.com/a.png"}}';
    expect(readOne({ pushJson })).toMatchObject({
      sound: 'default',
      badge: 2,
      channelId: 'feeding',
      richContent: { image: 'https://example.com/a.png' },
      priority: 'high',
    });
    expect(readOne({ pushJson: '{"priority": "normal"}' })['priority']).toBe('normal');
    expect(readOne({ pushJson: '{"sound": null}' })['sound']).toBeNull();
  });

  it('never lets push options name another recipient or text', () => {
    const pushJson = JSON.stringify({
      to: 'ExponentPushToken[other]',
      title: 'x',
      data: 1,
      ttl: 0,
      collapseId: 'x',
      tag: 'x',
      badge: 'many',
      sound: 'a.wav',
    });
    expect(readOne({ pushJson })).toEqual({ ...readOne({}), sound: 'a.wav' });
  });

  it.each(['', 'null', '[', '{"sound":', '"x"'])('takes push options that are no object (%j) for none', (pushJson) => {
    expect(readOne({ pushJson })).toEqual(readOne({}));
  });
});

describe('collapsing', () => {
  const keys = (platform: Platform, collapseKey: string | null): unknown => {
    const { collapseId, tag } = readOne({ platform, collapseKey });
    return { collapseId, tag };
  };

  it.each<[Platform, string | null, unknown]>([
    ['ios', null, { collapseId: 'delivery-1001' }],
    ['android', null, { tag: 'delivery-1001' }],
    ['unknown', null, { tag: 'delivery-1001' }],
    ['ios', 'feeding', { collapseId: 'feeding' }],
    ['android', 'feeding', { tag: 'feeding' }],
    ['unknown', 'feeding', { collapseId: 'feeding', tag: 'feeding' }],
  ])('%s with key %j', (platform, key, fields) => {
    expect(keys(platform, key)).toEqual(fields);
  });

  it('makes any key one that a header can carry, equal for equal keys', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (key) => {
        const { collapseId } = readOne({ collapseKey: key });
        expect(collapseId).toMatch(/^[\x21-\x7e]{1,64}$/);
        expect(readOne({ collapseKey: key })['collapseId']).toBe(collapseId);
      }),
    );
    expect(readOne({ collapseKey: '授乳' })['collapseId']).not.toBe(readOne({ collapseKey: '睡眠' })['collapseId']);
  });
});
