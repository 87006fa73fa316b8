/**
 * What becomes of a notification now: sent, held, or suppressed and why. Pure: `explain`, dry runs and planning ask the same function,
 * and `LocalTime` only remembers what it computed. Never throws, whatever is stored: one broken row must not stop a batch.
 */
import type { LocalTime } from './local-time.js';
import { openMinutes } from './local-time.js';
import type { Decision, DecisionInput, PlannedNotification, QuietHours, SuppressReason } from './planning-types.js';

/** The last instant that a Date can be; what is stored may be 'infinity'. */
const endOfTime = 8.64e15;

interface Facts {
  readonly input: DecisionInput;
  readonly notification: PlannedNotification;
  readonly localTime: LocalTime;
  readonly now: number;
  /** Not before; -Infinity: at once. */
  readonly sendAt: number;
  readonly expiresAt: number;
}

/** null: this rule has nothing to say, ask the next. */
type Rule = (facts: Facts) => Decision | null;

/** The rules in the order in which they are asked; the first that answers decides. A deleted row comes before all of them. */
const rules: readonly Rule[] = [
  broadcastCancelled,
  payloadTooBig,
  expired,
  typeDisabled,
  userDisabledPush,
  userDisabledType,
  duplicate,
  scheduled,
  noToken,
  quietHours,
  frequencyCap,
];

export function decide(input: DecisionInput, localTime: LocalTime): Decision {
  if (input.notification === null) {
    return suppress('row_deleted');
  }
  const facts = factsOf(input, input.notification, localTime);
  for (const rule of rules) {
    const decision = rule(facts);
    if (decision !== null) {
      return decision;
    }
  }
  return { verdict: 'send', devices: input.devices, expiresAt: new Date(facts.expiresAt) };
}

function broadcastCancelled({ notification }: Facts): Decision | null {
  return notification.broadcastCancelled ? suppress('broadcast_cancelled') : null;
}

function payloadTooBig({ notification, input }: Facts): Decision | null {
  return notification.payloadBytes > input.policy.maxPayloadBytes ? suppress('payload_too_big') : null;
}

function expired({ expiresAt, now }: Facts): Decision | null {
  return expiresAt <= now ? suppress('expired') : null;
}

function typeDisabled({ input }: Facts): Decision | null {
  return input.type.enabled ? null : suppress('type_disabled');
}

function userDisabledPush({ input }: Facts): Decision | null {
  return input.settings?.pushEnabled === false ? suppress('user_disabled_push') : null;
}

function userDisabledType({ input, notification }: Facts): Decision | null {
  return input.settings?.disabledTypes.includes(notification.type) ? suppress('user_disabled_type') : null;
}

function duplicate({ input }: Facts): Decision | null {
  return input.history.duplicateOf === null ? null : suppress('duplicate');
}

function scheduled({ sendAt, now }: Facts): Decision | null {
  return sendAt > now ? { verdict: 'hold', reason: 'scheduled', until: new Date(Math.min(sendAt, endOfTime)) } : null;
}

function noToken({ input }: Facts): Decision | null {
  return input.devices.length === 0 ? suppress('no_token') : null;
}

function quietHours({ input, localTime, now, expiresAt }: Facts): Decision | null {
  const quiet = input.settings?.quietHours ?? null;
  if (quiet === null || input.type.urgent || !isSpan(quiet)) {
    return null;
  }
  const zone = zoneOf(input, localTime);
  if (!localTime.isQuiet(quiet, now, zone)) {
    return null;
  }
  const end = localTime.quietEnd(quiet, now, zone);
  if (end >= expiresAt) {
    return suppress('expires_in_quiet_hours');
  }
  const released = end + spreadMs(input, quiet, expiresAt - end);
  // A change of clocks can shorten the time between two nights.
  const until = localTime.isQuiet(quiet, released, zone) ? end : released;
  return { verdict: 'hold', reason: 'quiet_hours', until: new Date(until) };
}

function frequencyCap({ input }: Facts): Decision | null {
  return input.type.capped && input.history.capReached ? suppress('frequency_cap') : null;
}

/** The spread takes at most half of the time that is left until the notification expires, and half of what is open a day. */
function spreadMs({ policy, spread }: DecisionInput, quiet: QuietHours, left: number): number {
  const room = Math.min(policy.releaseSpreadSeconds * 1000, openMinutes(quiet) * 30_000, left / 2);
  const share = spread > 0 ? Math.min(spread, 1) : 0;
  return room > 0 ? Math.floor(room * share) : 0;
}

function isSpan({ startMinute, endMinute }: QuietHours): boolean {
  return isMinuteOfDay(startMinute) && isMinuteOfDay(endMinute) && startMinute !== endMinute;
}

function isMinuteOfDay(minute: number): boolean {
  return Number.isInteger(minute) && minute >= 0 && minute < 1440;
}

/** The user's zone; what is stored and can't be read falls back to the policy's, and that to UTC. */
function zoneOf({ settings, policy }: DecisionInput, localTime: LocalTime): string {
  const own = settings?.timezone ?? null;
  if (own !== null && localTime.isKnown(own)) {
    return own;
  }
  return localTime.isKnown(policy.defaultTimezone) ? policy.defaultTimezone : 'UTC';
}

function factsOf(input: DecisionInput, notification: PlannedNotification, localTime: LocalTime): Facts {
  const createdAt = instantOf(notification.createdAt, 0);
  const sendAt = instantOf(notification.sendAt, Number.NEGATIVE_INFINITY);
  const expiresAt = instantOf(notification.expiresAt, Math.max(createdAt, sendAt) + input.type.ttlSeconds * 1000);
  return { input, notification, localTime, now: instantOf(input.now, 0), sendAt, expiresAt: Math.min(expiresAt, endOfTime) };
}

/** The driver gives 'infinity' as a number; whatever is no instant counts as absent. */
function instantOf(date: Date | null, absent: number): number {
  const instant = date === null ? absent : date.valueOf();
  return Number.isNaN(instant) ? absent : instant;
}

function suppress(reason: SuppressReason): Decision {
  return { verdict: 'suppress', reason };
}
