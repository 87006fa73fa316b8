/**
 * How a notification shows on the device: the `push` object of a notification or of its type. One list for everybody: the HTTP API
 * refuses what is not in it, and a provider adapter sends nothing that is not in it. Names are those of the Expo Push Service.
 *
 * Left out on purpose: `to`, `title`, `body`, `data` (fields of the notification), `ttl` and `expiration` (`expires_at`),
 * `collapseId` and `tag` (`collapse_key`), `_contentAvailable` (deprecated).
 */
import { z } from 'zod';
import { readSafely } from '../errors/read-safely.js';

/** Nothing that Postgres or a provider can't hold: no NUL, no half of a surrogate pair. Length in UTF-16 units. */
const text = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(/^[^\0\p{Cs}]*$/u, 'must be well-formed text without NUL');

/** iOS: a critical alert's sound; `name` null or absent means the default sound. */
const soundObject = z.strictObject({
  critical: z.boolean().optional(),
  name: text(255).nullable().optional(),
  volume: z.number().min(0).max(1).optional(),
});

export const pushOptionsSchema = z.strictObject({
  /** iOS: 'default', a bundled file's name with its extension, or null for silence. */
  sound: z.union([text(255).nullable(), soundObject]).optional(),
  /** iOS: number on the app's icon; 0 clears it. */
  badge: z.int().min(0).max(2_147_483_647).optional(),
  /** iOS */
  subtitle: text(1024).optional(),
  /** Android; a device that doesn't know the channel shows nothing. */
  channelId: text(255).optional(),
  /** 'high' wakes a sleeping device; 'high' too when absent. */
  priority: z.enum(['default', 'normal', 'high']).optional(),
  /** iOS */
  interruptionLevel: z.enum(['active', 'critical', 'passive', 'time-sensitive']).optional(),
  /** Android: a drawable's name. */
  icon: text(255).optional(),
  /** iOS needs a Notification Service Extension for it. */
  richContent: z.strictObject({ image: z.url({ protocol: /^https?$/ }).max(2048) }).optional(),
  categoryId: text(255).optional(),
  /** iOS */
  mutableContent: z.boolean().optional(),
  /** iOS: wakes the app in the background. */
  contentAvailable: z.boolean().optional(),
  /** iOS: groups notifications. */
  threadId: text(255).optional(),
  /** iOS */
  targetContentId: text(255).optional(),
  /** iOS */
  filterCriteria: text(255).optional(),
  /** iOS: place in the notification summary. */
  relevanceScore: z.number().min(0).max(1).optional(),
});

export type PushOptions = z.infer<typeof pushOptionsSchema>;

/**
 * The options of `pushJson` that stand in the list above and are well-formed; the others are dropped one by one. Rows inserted by SQL
 * have seen no validation, and a single wrong option would make the provider refuse a whole request of other people's messages.
 */
export function readPushOptions(pushJson: string): PushOptions {
  const raw = parseObject(pushJson);
  const kept = Object.entries(pushOptionsSchema.shape).flatMap(([name, schema]) => {
    if (!Object.hasOwn(raw, name)) return [];
    const read = readSafely(schema, raw[name]);
    return read.success ? [[name, read.data] as const] : [];
  });
  return Object.fromEntries(kept);
}

function parseObject(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
