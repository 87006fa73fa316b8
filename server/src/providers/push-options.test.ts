import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pushOptionsSchema, readPushOptions } from './push-options.js';

describe('pushOptionsSchema', () => {
  it('takes every option', () => {
    const options = {
      sound: { critical: true, name: 'bell.wav', volume: 0.5 },
      badge: 3,
      subtitle: '副題',
      channelId: 'reminders',
      priority: 'high',
      interruptionLevel: 'time-sensitive',
      icon: 'ic_bell',
      richContent: { image: 'https://example.com/a.png' },
      categoryId: 'reply',
      mutableContent: true,
      contentAvailable: false,
      threadId: 't1',
      targetContentId: 'w1',
      filterCriteria: 'f1',
      relevanceScore: 1,
    };
    expect(pushOptionsSchema.parse(options)).toEqual(options);
    expect(pushOptionsSchema.parse({ sound: null, badge: 0 })).toEqual({ sound: null, badge: 0 });
  });

  it.each([
    [{ to: 'ExponentPushToken[x]' }, []],
    [{ collapseId: 'x' }, []],
    [{ sound: 7 }, ['sound']],
    [{ sound: { volume: 2 } }, ['sound', 'volume']],
    [{ badge: -1 }, ['badge']],
    [{ badge: 1e300 }, ['badge']],
    [{ priority: 'urgent' }, ['priority']],
    [{ subtitle: 'a\0b' }, ['subtitle']],
    [{ subtitle: '\ud800' }, ['subtitle']],
    [{ richContent: { image: 'javascript:alert(1)' } }, ['richContent', 'image']],
  ])('refuses %j and names the field', (options, path) => {
    const read = pushOptionsSchema.safeParse(options);
    expect(read.success).toBe(false);
    expect(read.error?.issues[0]?.path).toEqual(path);
  });
});

describe('readPushOptions', () => {
  it('drops what it does not know and keeps the rest', () => {
    expect(readPushOptions('{"to": "other", "sound": "default", "badge": "1", "__proto__": {"icon": "x"}}')).toEqual({ sound: 'default' });
  });

  it.each(['', '{', 'null', '[]', '7', '"x"'])('reads %j as no options', (json) => {
    expect(readPushOptions(json)).toEqual({});
  });

  it('survives a length that is none', () => {
    expect(readPushOptions('{"subtitle": {"length": {"toString": []}}, "badge": 1}')).toEqual({ badge: 1 });
  });

  it('gives a valid object for any JSON', () => {
    fc.assert(fc.property(fc.json(), (json) => pushOptionsSchema.safeParse(readPushOptions(json)).success));
  });
});
