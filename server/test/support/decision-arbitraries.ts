import fc from 'fast-check';
import type { DecisionInput, PlannedNotification, UserSettings } from '../../src/planning/planning-types.js';
import { instantNear, quietSpan, zones } from './local-time-arbitraries.js';

/** A notification that is sent: small, fresh, with a device, to a user without settings. */
export function plainInput(now: Date): DecisionInput {
  return {
    notification: {
      id: '01990000-0000-7000-8000-000000000001',
      type: 'feeding',
      createdAt: now,
      sendAt: null,
      expiresAt: null,
      payloadBytes: 100,
      broadcastCancelled: false,
    },
    type: { enabled: true, urgent: false, capped: true, ttlSeconds: 86_400 },
    settings: null,
    devices: [{ tokenId: '0b0e7a2e-0000-4000-8000-000000000001', projectId: 1 }],
    history: { duplicateOf: null, capReached: false },
    policy: { defaultTimezone: 'Asia/Tokyo', releaseSpreadSeconds: 600, maxPayloadBytes: 4096 },
    now,
    spread: 0,
  };
}

/** True once in `n`. */
const rarely = (n: number): fc.Arbitrary<boolean> => fc.nat({ max: n - 1 }).map((drawn) => drawn === 0);

const settings: fc.Arbitrary<UserSettings> = fc.record({
  pushEnabled: rarely(10).map((off) => !off),
  timezone: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...zones) },
    { weight: 1, arbitrary: fc.constantFrom(null, '', 'Mars/Olympus') },
    fc.string(),
  ),
  quietHours: fc.oneof(
    { weight: 8, arbitrary: quietSpan },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.record({ startMinute: fc.double(), endMinute: fc.integer() }) },
  ),
  disabledTypes: fc.array(fc.constantFrom('feeding', 'other', 'toString'), { maxLength: 1 }),
});

const around = (now: number): fc.Arbitrary<Date> =>
  fc.integer({ min: -200_000, max: 200_000 }).map((seconds) => new Date(now + seconds * 1000));

const notification = (now: number): fc.Arbitrary<PlannedNotification> =>
  fc.record({
    id: fc.uuid(),
    type: fc.constantFrom('feeding', 'growth'),
    createdAt: fc.oneof({ weight: 9, arbitrary: fc.nat({ max: 90_000 }).map((seconds) => new Date(now - seconds * 1000)) }, fc.date()),
    sendAt: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, around(now)),
    expiresAt: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: around(now) }, fc.date()),
    payloadBytes: fc.integer({ min: 1, max: 4300 }),
    broadcastCancelled: rarely(20),
  });

/** Every field over all that can be stored, with what lets a notification through made likely. */
export const decisionInput: fc.Arbitrary<DecisionInput> = fc
  .constantFrom(...zones)
  .chain((zone) =>
    fc.tuple(
      instantNear(zone),
      settings.map((row) => (row.timezone === null ? { ...row, timezone: zone } : row)),
    ),
  )
  .chain(([now, row]) =>
    fc.record<DecisionInput>({
      notification: fc.oneof({ weight: 20, arbitrary: notification(now) }, { weight: 1, arbitrary: fc.constant(null) }),
      type: fc.record({
        enabled: rarely(20).map((off) => !off),
        urgent: rarely(5),
        capped: fc.boolean(),
        ttlSeconds: fc.integer({ min: 1, max: 2_147_483_647 }),
      }),
      settings: fc.option(fc.constant(row), { freq: 5 }),
      devices: fc.array(fc.record({ tokenId: fc.uuid(), projectId: fc.integer({ min: 1, max: 3 }) }), { maxLength: 4 }),
      history: fc.record({
        duplicateOf: fc.option(fc.uuid(), { freq: 1 }).map((id) => (id?.startsWith('0') ? id : null)),
        capReached: rarely(10),
      }),
      policy: fc.record({
        defaultTimezone: fc.constantFrom('Asia/Tokyo', 'America/New_York', 'Mars/Olympus'),
        releaseSpreadSeconds: fc.constantFrom(0, 600, 86_400),
        maxPayloadBytes: fc.constant(4096),
      }),
      now: fc.constant(new Date(now)),
      spread: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  );
