import { describe, expect, it } from 'vitest';
import { readExpoMessage } from './expo-message.js';
import { contentOf, notificationTo } from './expo-notification.js';
import { isRefusal } from './expo-refusals.js';

const now = new Date('2026-11-01T00:00:00Z');
const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);

function content(fields: object) {
  const message = readExpoMessage({ to: 'ExponentPushToken[a]', ...fields }, '');
  if (isRefusal(message)) throw new Error(message.message);
  return contentOf(message, now);
}

describe('contentOf', () => {
  it('keeps what the message says', () => {
    const data = { screen: 'feeding', n: [1, { a: null }] };
    expect(content({ title: '授乳', body: '時間です', data, collapseId: 'feeding', tag: 'other' })).toEqual({
      type: 'expo',
      title: '授乳',
      message: '時間です',
      dataJson: JSON.stringify(data),
      pushJson: '{"priority":"default"}',
      expiresAt: null,
      collapseKey: 'feeding',
    });
  });

  it('takes a message that says nothing', () => {
    expect(content({})).toMatchObject({ title: '', message: '', dataJson: '{}', collapseKey: null });
  });

  it('keeps every presentational field, and nothing else, in push', () => {
    const push = {
      sound: { critical: true, name: 'bell.wav', volume: 0.5 },
      badge: 0,
      subtitle: 'sub',
      channelId: 'reminders',
      priority: 'high',
      interruptionLevel: 'time-sensitive',
      icon: 'bell',
      richContent: { image: 'https://example.com/a.png' },
      categoryId: 'reply',
      mutableContent: true,
      contentAvailable: false,
      threadId: 'thread',
      targetContentId: 'target',
      filterCriteria: 'work',
      relevanceScore: 0.5,
    };
    const kept = content({ ...push, title: 'T', ttl: 60, tag: 'x', _contentAvailable: true, other: 1 });
    expect(JSON.parse(kept?.pushJson ?? '')).toEqual(push);
    expect(JSON.parse(content({ sound: null, _contentAvailable: true })?.pushJson ?? '')).toEqual({
      sound: null,
      contentAvailable: true,
      priority: 'default',
    });
  });

  it.each([
    [{}, 'expo'],
    [{ _type: 'feeding.reminder' }, 'feeding.reminder'],
    [{ _type: 'no spaces' }, 'expo'],
    [{ _type: 5 }, 'expo'],
    [{ _type: '' }, 'expo'],
  ])('of data %j is the type %s', (data, type) => {
    expect(content({ data })?.type).toBe(type);
  });

  it.each([
    [{ ttl: 3600 }, later(3600)],
    [{ ttl: 0 }, later(30)],
    [{ ttl: 1e15 }, later(2_419_200)],
    [{ expiration: now.getTime() / 1000 + 60 }, later(60)],
    [{ expiration: 0 }, new Date('2000-01-01T00:00:00Z')],
    [{ expiration: 1_000_000_000 }, new Date(1e12)],
    [{ expiration: 1e300 }, later(2_419_200)],
    [{ ttl: 3600, expiration: 0 }, later(3600)],
  ])('with %j it ends in time', (fields, expiresAt) => {
    expect(content(fields)?.expiresAt).toEqual(expiresAt);
  });

  it('replaces by the tag where no collapse id is given', () => {
    expect(content({ tag: 'chat', collapseId: '' })?.collapseKey).toBe('chat');
  });

  it('finds a message too big that could not be sent', () => {
    expect(content({ body: 'あ'.repeat(1300) })).not.toBeNull();
    expect(content({ body: 'あ'.repeat(1400) })).toBeNull();
  });
});

it('addresses one device', () => {
  const made = content({ title: 'T' });
  if (made === null) throw new Error('too big');
  const item = notificationTo({ userId: 'user', tokenId: 'token' }, made, now);
  expect(item).toMatchObject({ userId: 'user', tokenId: 'token', idGiven: false, sendAt: null, title: 'T' });
  expect(item.id).toMatch(/^[0-9a-f-]{36}$/);
});
