import { expect, test } from 'vitest';
import { parseInput } from '../../errors/parse-input.js';
import { broadcastInputSchema } from './broadcast-input.js';

const news = { type: 'news', title: 'News', audience: { kind: 'all' } };

test.each([
  ['without an audience', { audience: undefined }, 'audience'],
  ['with an audience of another kind', { audience: { kind: 'some' } }, 'audience.kind'],
  ['with a field that does not exist', { titel: 'x' }, 'titel'],
  ['with a filter without a condition', { audience: { kind: 'filter' } }, 'audience'],
  ['with a filter that contradicts itself', { audience: { kind: 'filter', platforms: ['ios'], hasToken: false } }, 'audience.hasToken'],
  [
    'with a filter that nothing can meet',
    { audience: { kind: 'filter', registeredAfter: '2026-01-02T00:00:00Z', registeredBefore: '2026-01-01T00:00:00Z' } },
    'audience.registeredBefore',
  ],
  ['with an unknown platform', { audience: { kind: 'filter', platforms: ['symbian'] } }, 'audience.platforms[0]'],
  ['with an unknown zone', { audience: { kind: 'filter', timezones: ['Asia/Tokio'] } }, 'audience.timezones[0]'],
  ['with a user id that is none', { audience: { kind: 'list', userIds: ['x'] } }, 'audience.userIds[0]'],
  [
    'with too many users',
    { audience: { kind: 'list', userIds: new Array(100_001).fill('00000000-0000-4000-8000-000000000001') } },
    'audience.userIds',
  ],
  ['with a lane that is none', { lane: 3 }, 'lane'],
  ['too big', { message: 'x'.repeat(5000) }, ''],
  ['over before it begins', { sendAt: '2030-01-02T00:00:00Z', expiresAt: '2030-01-01T00:00:00Z' }, 'expiresAt'],
  ['later than the table can hold', { sendAt: '2999-01-01T00:00:00Z' }, 'sendAt'],
])('a broadcast %s is refused', (_, change, path) => {
  expect(() => parseInput(broadcastInputSchema, { ...news, ...change })).toThrow(expect.objectContaining({ status: 400, path }));
});

test('a broadcast that says only what it must goes to the bulk lane', () => {
  expect(parseInput(broadcastInputSchema, news)).toEqual({ ...news, message: '', data: {}, lane: 2 });
});
