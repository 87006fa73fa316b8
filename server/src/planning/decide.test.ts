import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decisionInput, plainInput } from '../../test/support/decision-arbitraries.js';
import { decide } from './decide.js';
import { LocalTime } from './local-time.js';
import type { Decision, DecisionInput, Device, PlannedNotification, SuppressReason, TypePolicy, UserSettings } from './planning-types.js';

const now = new Date('2026-08-01T15:00:00Z');
const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);
const localTime = new LocalTime();
const night = { startMinute: 22 * 60, endMinute: 7 * 60 };
const device: Device = { tokenId: '0b0e7a2e-0000-4000-8000-000000000001', projectId: 1 };

interface Changes {
  readonly notification?: Partial<PlannedNotification>;
  readonly type?: Partial<TypePolicy>;
  readonly settings?: Partial<UserSettings>;
  readonly rest?: Partial<DecisionInput>;
}

function decided(changes: Changes): Decision {
  const input = plainInput(now);
  return decide(
    {
      ...input,
      notification: { ...(input.notification as PlannedNotification), ...changes.notification },
      type: { ...input.type, ...changes.type },
      settings: { pushEnabled: true, timezone: 'Asia/Tokyo', quietHours: null, disabledTypes: [], ...changes.settings },
      ...changes.rest,
    },
    localTime,
  );
}

const suppressed = (reason: SuppressReason): Decision => ({ verdict: 'suppress', reason });

/** What makes each rule speak, in the order of the rules. */
const reasons: readonly (readonly [string, Changes, Decision])[] = [
  ['row_deleted', { rest: { notification: null } }, suppressed('row_deleted')],
  ['broadcast_cancelled', { notification: { broadcastCancelled: true } }, suppressed('broadcast_cancelled')],
  ['payload_too_big', { notification: { payloadBytes: 4097 } }, suppressed('payload_too_big')],
  ['expired', { notification: { expiresAt: now } }, suppressed('expired')],
  ['type_disabled', { type: { enabled: false } }, suppressed('type_disabled')],
  ['user_disabled_push', { settings: { pushEnabled: false } }, suppressed('user_disabled_push')],
  ['user_disabled_type', { settings: { disabledTypes: ['feeding'] } }, suppressed('user_disabled_type')],
  ['duplicate', { rest: { history: { duplicateOf: device.tokenId, capReached: true } } }, suppressed('duplicate')],
  ['scheduled', { notification: { sendAt: later(60) } }, { verdict: 'hold', reason: 'scheduled', until: later(60) }],
  ['no_token', { rest: { devices: [] } }, suppressed('no_token')],
  ['quiet_hours', { settings: { quietHours: night } }, { verdict: 'hold', reason: 'quiet_hours', until: new Date('2026-08-01T22:00:00Z') }],
  ['frequency_cap', { rest: { history: { duplicateOf: null, capReached: true } } }, suppressed('frequency_cap')],
];

function merged(first: Changes, second: Changes): Changes {
  return {
    notification: { ...second.notification, ...first.notification },
    type: { ...second.type, ...first.type },
    settings: { ...second.settings, ...first.settings },
    rest: { ...second.rest, ...first.rest },
  };
}

describe('decide, rule by rule', () => {
  it('sends to every device when no rule objects', () => {
    const devices = [device, { ...device, tokenId: '0b0e7a2e-0000-4000-8000-000000000002' }];
    expect(decided({ rest: { devices } })).toEqual({ verdict: 'send', devices, expiresAt: later(86_400) });
  });

  it.each(reasons)('%s', (_name, changes, expected) => {
    expect(decided(changes)).toEqual(expected);
  });

  const pairs = reasons.flatMap(([name, changes, expected], index) =>
    reasons.slice(index + 1).map(([after, more]) => [name, after, merged(changes, more), expected] as const),
  );
  it.each(pairs)('%s comes before %s', (_name, _after, changes, expected) => {
    expect(decided(changes)).toEqual(expected);
  });
});

describe('decide: time', () => {
  it('counts the ttl from the scheduled time, when that is later than the creation', () => {
    const sendAt = later(-30);
    expect(decided({ notification: { createdAt: later(-1000), sendAt }, type: { ttlSeconds: 60 } })).toMatchObject({
      expiresAt: later(30),
    });
    expect(decided({ notification: { createdAt: later(-20), sendAt }, type: { ttlSeconds: 60 } })).toMatchObject({ expiresAt: later(40) });
    expect(decided({ notification: { createdAt: later(-60) }, type: { ttlSeconds: 60 } })).toEqual(suppressed('expired'));
    expect(decided({ notification: { createdAt: later(-59) }, type: { ttlSeconds: 60 } })).toMatchObject({ verdict: 'send' });
  });

  it('sends at the very instant that it is scheduled for', () => {
    expect(decided({ notification: { sendAt: now } })).toMatchObject({ verdict: 'send' });
  });

  it('lets urgent types pass quiet hours', () => {
    expect(decided({ settings: { quietHours: night }, type: { urgent: true } })).toMatchObject({ verdict: 'send' });
  });

  it('holds in quiet hours even who has had her cap: it is asked again at the release', () => {
    expect(decided({ settings: { quietHours: night }, rest: { history: { duplicateOf: null, capReached: true } } })).toMatchObject({
      verdict: 'hold',
    });
  });

  it('lets types that are not capped pass the cap', () => {
    expect(decided({ type: { capped: false }, rest: { history: { duplicateOf: null, capReached: true } } })).toMatchObject({
      verdict: 'send',
    });
  });

  it('suppresses what would expire before the quiet hours end', () => {
    const end = new Date('2026-08-01T22:00:00Z');
    expect(decided({ settings: { quietHours: night }, notification: { expiresAt: end } })).toEqual(suppressed('expires_in_quiet_hours'));
  });

  it('never suppresses for the spread alone: the spread shrinks to what is left', () => {
    const expiresAt = new Date('2026-08-01T22:00:10Z');
    const until = new Date('2026-08-01T22:00:05Z');
    expect(decided({ settings: { quietHours: night }, notification: { expiresAt }, rest: { spread: 1 } })).toEqual({
      verdict: 'hold',
      reason: 'quiet_hours',
      until,
    });
  });

  it('spreads the release over the seconds of the policy', () => {
    const until = new Date('2026-08-01T22:05:00Z');
    expect(decided({ settings: { quietHours: night }, rest: { spread: 0.5 } })).toMatchObject({ until });
  });

  it('does not spread into the next quiet hours where a change of clocks leaves little open', () => {
    // Open from 01:55 to 03:05, of which the clock shows only ten minutes that night.
    const quietHours = { startMinute: 3 * 60 + 5, endMinute: 60 + 55 };
    const policy = { ...plainInput(now).policy, releaseSpreadSeconds: 86_400 };
    const night = new Date('2026-03-28T23:00:00Z');
    const held = decided({
      settings: { quietHours, timezone: 'Europe/Berlin' },
      notification: { createdAt: night },
      rest: { policy, now: night, spread: 1 },
    });
    expect(held).toEqual({ verdict: 'hold', reason: 'quiet_hours', until: new Date('2026-03-29T00:55:00Z') });
  });

  it('spreads over half of what is open, when little is', () => {
    const almostAlways = { startMinute: 7 * 60 + 4, endMinute: 7 * 60 };
    expect(decided({ settings: { quietHours: almostAlways }, rest: { spread: 1 } })).toMatchObject({
      until: new Date('2026-08-01T22:02:00Z'),
    });
  });
});

describe('decide: what is stored and broken', () => {
  it.each(['Mars/Olympus', '', '+09:00', 'JST', '\ud800', 'US/Pacific-Newer'])('takes the default zone for %j', (timezone) => {
    expect(decided({ settings: { quietHours: night, timezone } })).toMatchObject({ until: new Date('2026-08-01T22:00:00Z') });
  });

  it('takes UTC when the default is unknown too', () => {
    const policy = { ...plainInput(now).policy, defaultTimezone: 'Mars/Olympus' };
    const settings = { quietHours: night, timezone: null };
    expect(decided({ settings, rest: { policy, now: new Date('2026-08-01T21:59:00Z') } })).toMatchObject({ verdict: 'send' });
    expect(decided({ settings, rest: { policy, now: new Date('2026-08-01T22:00:00Z') } })).toMatchObject({
      until: new Date('2026-08-02T07:00:00Z'),
    });
  });

  it.each([
    [{ startMinute: Number.NaN, endMinute: 420 }],
    [{ startMinute: 1320, endMinute: 1440 }],
    [{ startMinute: -1, endMinute: 420 }],
    [{ startMinute: 600, endMinute: 600 }],
  ])('knows no quiet hours in %j', (quietHours) => {
    expect(decided({ settings: { quietHours } })).toMatchObject({ verdict: 'send' });
  });

  it('reads instants that Postgres calls infinity and that are no instants', () => {
    const infinity = Number.POSITIVE_INFINITY as unknown as Date;
    expect(decided({ notification: { expiresAt: infinity } })).toEqual({
      verdict: 'send',
      devices: [device],
      expiresAt: new Date(8.64e15),
    });
    expect(decided({ notification: { sendAt: infinity } })).toEqual({ verdict: 'hold', reason: 'scheduled', until: new Date(8.64e15) });
    expect(decided({ notification: { expiresAt: new Date(Number.NaN) } })).toMatchObject({ expiresAt: later(86_400) });
  });
});

describe('decide, for any input', () => {
  const urgent = (input: DecisionInput): DecisionInput => ({ ...input, type: { ...input.type, urgent: true } });
  const openAt = (input: DecisionInput, instant: Date): boolean => {
    const again = decide({ ...input, now: instant }, new LocalTime());
    return again.verdict !== 'hold' || again.reason !== 'quiet_hours';
  };

  it('answers, and always the same', () => {
    fc.assert(
      fc.property(decisionInput, (input) => {
        const before = JSON.stringify(input);
        const decision = decide(input, localTime);
        expect(['send', 'hold', 'suppress']).toContain(decision.verdict);
        expect(decide(input, new LocalTime())).toEqual(decision);
        expect(JSON.stringify(input)).toBe(before);
      }),
      { numRuns: 2000 },
    );
  });

  it('sends only what is due, alive, small enough, wanted and has a device', () => {
    let sent = 0;
    fc.assert(
      fc.property(decisionInput, (input) => {
        const decision = decide(input, localTime);
        if (decision.verdict !== 'send') {
          return;
        }
        sent++;
        const notification = input.notification as PlannedNotification;
        expect(decision.expiresAt.getTime()).toBeGreaterThan(input.now.getTime());
        expect((notification.sendAt ?? input.now).getTime()).toBeLessThanOrEqual(input.now.getTime());
        expect(notification.payloadBytes).toBeLessThanOrEqual(input.policy.maxPayloadBytes);
        expect(input.type.enabled && (input.settings?.pushEnabled ?? true)).toBe(true);
        expect(decision.devices).toBe(input.devices);
        expect(decision.devices.length).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
    expect(sent).toBeGreaterThan(100);
  });

  it('holds until later, before it expires; and then the same reason does not hold it again', () => {
    let held = 0;
    fc.assert(
      fc.property(decisionInput, (input) => {
        const decision = decide(input, localTime);
        if (decision.verdict !== 'hold') {
          return;
        }
        held++;
        expect(decision.until.getTime()).toBeGreaterThan(input.now.getTime());
        const again = decide({ ...input, now: decision.until }, localTime);
        if (decision.reason === 'scheduled') {
          expect(again).not.toMatchObject({ reason: 'scheduled' });
        } else {
          expect(openAt(input, decision.until)).toBe(true);
          expect(again).not.toMatchObject({ reason: 'expired' });
          expect(openAt(input, new Date((decide({ ...input, spread: 0 }, localTime) as typeof decision).until))).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
    expect(held).toBeGreaterThan(200);
  });

  it('never holds what is urgent for quiet hours, and decides it as if there were none', () => {
    fc.assert(
      fc.property(decisionInput, (input) => {
        const settings = input.settings === null ? null : { ...input.settings, quietHours: null };
        expect(decide(urgent(input), localTime)).toEqual(decide({ ...input, settings }, localTime));
      }),
      { numRuns: 1000 },
    );
  });
});
