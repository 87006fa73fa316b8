import { describe, expect, it } from 'vitest';
import { TodokuError } from '../errors/todoku-error.js';
import type { DeliveryContent } from '../planning/delivery-content.js';
import { LocalTime } from '../planning/local-time.js';
import type { Policy, TypeRules } from '../planning/policy-cache.js';
import type { LeasedChunk } from '../queue/queue-engine.js';
import type { Keyring } from '../security/keyring.js';
import { prepareChunk } from './prepare-chunk.js';

const now = new Date('2026-06-01T14:30:00Z'); // 23:30 in Tokyo
const lease: LeasedChunk = {
  chunkId: '1',
  epoch: 1,
  projectId: 1,
  lane: 1,
  recipients: 1,
  attempt: 0,
  crashRecoveries: 0,
  resendUnknown: true,
  expiresAt: new Date('2026-06-02T14:30:00Z'),
  broadcastId: null,
  isProbe: false,
};
const content: DeliveryContent = {
  deliveryId: '7',
  tokenId: 'token',
  gone: null,
  title: 'Title',
  message: 'Message',
  dataJson: '{}',
  pushJson: null,
  collapseKey: null,
  type: 'reminder',
  platform: 'ios',
  ciphertext: Buffer.from('secret'),
  settings: null,
};
const quietNow = { pushEnabled: true, timezone: 'Asia/Tokyo', quietHours: { startMinute: 22 * 60, endMinute: 7 * 60 }, disabledTypes: [] };
const keyring: Keyring = {
  primaryKeyId: 1,
  keyIds: [1],
  encrypt: () => Buffer.alloc(0),
  decrypt: (ciphertext) => {
    const text = ciphertext.toString();
    if (text === 'no key') throw new TodokuError('KEY_UNAVAILABLE');
    if (text === 'broken') throw new TodokuError('CIPHERTEXT_INVALID');
    return text;
  },
  hash: () => Buffer.alloc(0),
};

function prepare(change: Partial<DeliveryContent>, rules: Partial<TypeRules> = {}) {
  const typeRules: TypeRules = {
    lane: null,
    urgent: false,
    enabled: true,
    capped: true,
    ttlSeconds: 86_400,
    dedupeSeconds: 0,
    resendUnknown: true,
    push: null,
    ...rules,
  };
  const policy: Policy = {
    defaultTimezone: 'Asia/Tokyo',
    releaseSpreadSeconds: 0,
    maxPayloadBytes: 4096,
    capLimit: null,
    capWindowSeconds: 3600,
    maxAttempts: 8,
    maxCrashRecoveries: 3,
    burstOf: () => 100,
    typeRules: () => typeRules,
  };
  return prepareChunk(
    lease,
    { deliveries: [{ ...content, ...change }], now, justPlanned: false },
    { policy, localTime: new LocalTime(), keyring, random: () => 0 },
  );
}

describe('prepareChunk', () => {
  it('shows a notification as its type says, unless it says otherwise itself', () => {
    expect(prepare({}).messages[0]?.pushJson).toBeNull();
    expect(prepare({}, { push: { sound: 'chime', badge: 1 } }).messages[0]?.pushJson).toBe('{"sound":"chime","badge":1}');
    expect(prepare({ pushJson: '{"sound":null}' }, { push: { sound: 'chime', badge: 1 } }).messages[0]?.pushJson).toBe(
      '{"sound":null,"badge":1}',
    );
  });

  it('gives what is left of its life as ttl', () => {
    expect(prepare({}).messages[0]?.ttlSeconds).toBe(86_400);
  });

  it.each(['ROW_DELETED', 'TOKEN_GONE', 'TOKEN_MOVED', 'TOKEN_INACTIVE'] as const)('cancels what is %s', (gone) => {
    expect(prepare({ gone })).toMatchObject({ messages: [], items: [{ to: 'cancelled', code: gone }] });
  });

  it('sends back to the queue what would arrive in quiet hours that began meanwhile', () => {
    const prepared = prepare({ settings: quietNow });
    expect(prepared).toMatchObject({ messages: [], items: [{ to: 'queued', code: 'QUIET_HOURS', resent: false }] });
    // 07:00 in Tokyo is 7 h 30 min away.
    expect(prepared.groups).toMatchObject([{ delayMs: 27_000_000, attempt: 0 }]);
    expect(prepare({ settings: quietNow }, { urgent: true }).messages).toHaveLength(1);
  });

  it('cancels what the user has switched off meanwhile', () => {
    expect(prepare({ settings: { ...quietNow, quietHours: null, pushEnabled: false } }).items).toEqual([
      { to: 'cancelled', code: 'USER_DISABLED_PUSH' },
    ]);
    expect(prepare({ settings: { ...quietNow, quietHours: null, disabledTypes: ['reminder'] } }).items).toEqual([
      { to: 'cancelled', code: 'USER_DISABLED_TYPE' },
    ]);
  });

  it('holds a delivery whose key is missing, and fails one whose ciphertext is broken; neither blames the device', () => {
    const held = prepare({ ciphertext: Buffer.from('no key') });
    expect(held.items).toMatchObject([{ to: 'queued', code: 'KEY_UNAVAILABLE', resent: false }]);
    expect(held.faults).toHaveLength(1);
    expect(prepare({ ciphertext: Buffer.from('broken') }).items).toEqual([{ to: 'failed', code: 'CIPHERTEXT_INVALID' }]);
  });
});
