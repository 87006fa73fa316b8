/** What a broadcast says and to whom, as the HTTP API and the CLI take it. */
import { z } from 'zod';
import { laneSchema } from '../../planning/lane-input.js';
import { isKnownTimezone } from '../../planning/local-time.js';
import { MAX_PAYLOAD_BYTES, payloadBytes } from '../../planning/payload-size.js';
import { notificationInputSchema } from '../notification-input.js';

/** In one call; more are appended by further calls. */
const MAX_LISTED_USERS = 100_000;

const mostValues = 100;
const instant = notificationInputSchema.shape.sendAt;
const userIds = z.array(z.guid('must be a uuid')).max(MAX_LISTED_USERS, `must be at most ${MAX_LISTED_USERS} in one call; append the rest`);

const zone = z.string().refine(isKnownTimezone, 'must be a time zone as in Asia/Tokyo');
const shortText = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\x20-\x7e]+$/, 'must be printable ASCII');

/** Of users with an active push token or a settings row, those that meet every condition. Conditions on a device must be met by one active token. */
const filterSchema = z
  .strictObject({
    kind: z.literal('filter'),
    platforms: z
      .array(z.enum(['ios', 'android', 'web', 'unknown']))
      .min(1)
      .max(4)
      .optional(),
    /** The user's own zone, or the policy's where she has none. */
    timezones: z.array(zone).min(1).max(mostValues).optional(),
    /** `ja` stands for `ja-JP` as well. */
    locales: z.array(shortText).min(1).max(mostValues).optional(),
    appVersions: z.array(shortText).min(1).max(mostValues).optional(),
    registeredAfter: instant,
    registeredBefore: instant,
    hasToken: z.boolean().optional(),
  })
  .superRefine((filter, context) => {
    const { kind: _, hasToken, timezones, ...device } = filter;
    const asksDevice = Object.values(device).some((condition) => condition !== undefined && condition !== null);
    if (!asksDevice && timezones === undefined && hasToken === undefined) {
      context.addIssue({ code: 'custom', path: [], message: 'must have at least one condition; kind "all" is for everybody' });
    }
    if (asksDevice && hasToken === false) {
      context.addIssue({ code: 'custom', path: ['hasToken'], message: 'contradicts the conditions on a device' });
    }
    if (filter.registeredAfter && filter.registeredBefore && filter.registeredBefore <= filter.registeredAfter) {
      context.addIssue({ code: 'custom', path: ['registeredBefore'], message: 'must be later than registeredAfter' });
    }
  });

export const audienceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('list'), userIds: userIds.default([]) }),
  filterSchema,
]);

export type Audience = z.output<typeof audienceSchema>;

export const recipientsSchema = z.strictObject({ userIds: userIds.min(1, 'must not be empty') });

const { type, title, message, data, collapseKey, push, expiresAt } = notificationInputSchema.shape;

export const broadcastInputSchema = z
  .strictObject({
    type,
    title,
    message,
    data,
    collapseKey,
    push,
    sendAt: instant,
    expiresAt,
    lane: laneSchema.default(2),
    audience: audienceSchema,
  })
  .superRefine((broadcast, context) => {
    if (broadcast.sendAt && broadcast.expiresAt && broadcast.expiresAt <= broadcast.sendAt) {
      context.addIssue({ code: 'custom', path: ['expiresAt'], message: 'must be later than sendAt' });
    }
    const bytes = payloadBytes(broadcast);
    if (bytes > MAX_PAYLOAD_BYTES) {
      const text = `title, message, data and push are ${bytes} bytes as they are sent; at most ${MAX_PAYLOAD_BYTES} can be`;
      context.addIssue({ code: 'custom', path: [], message: text, params: { code: 'PAYLOAD_TOO_BIG' } });
    }
  });

export type BroadcastInput = z.output<typeof broadcastInputSchema>;
