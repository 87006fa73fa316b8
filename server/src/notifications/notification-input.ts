/** One notification as the HTTP API and the CLI take it. What passes here is stored and planned without a further question. */
import { z } from 'zod';
import { parseInput } from '../errors/parse-input.js';
import { MAX_PAYLOAD_BYTES, payloadBytes } from '../planning/payload-size.js';
import { pushOptionsSchema } from '../providers/push-options.js';
import { instant } from './instant.js';
import { findDataFault, type JsonObject, MAX_KEYS_PER_OBJECT } from './json-data.js';
import { deepestNesting } from './json-depth.js';
import { storableText } from './storable-text.js';
import { typeNamePattern, typeNameRule } from './type-name.js';

/** Any hexadecimal uuid: user ids come from the app, whatever made them. */
const uuid = z.guid('must be a uuid');

const data = z
  .unknown()
  .meta({
    type: 'object',
    description: `For the app: up to ${deepestNesting} levels deep with the body around it, up to ${MAX_KEYS_PER_OBJECT} keys an object.`,
  })
  .transform((value, context): JsonObject => {
    const fault = findDataFault(value);
    if (fault !== null) {
      context.issues.push({ code: 'custom', input: value, path: [...fault.path], message: fault.message });
      return z.NEVER;
    }
    return value as JsonObject;
  });

export const notificationInputSchema = z
  .strictObject({
    id: uuid.optional(),
    userId: uuid,
    type: z.string().regex(typeNamePattern, typeNameRule),
    title: storableText.min(1, 'must not be empty'),
    message: storableText.default(''),
    data: data.default({}),
    sendAt: instant.nullish(),
    expiresAt: instant.nullish(),
    collapseKey: z
      .string()
      .regex(/^[\x20-\x7e]{1,64}$/, 'must be 1 to 64 printable ASCII characters')
      .nullish(),
    push: pushOptionsSchema.nullish(),
  })
  .superRefine((notification, context) => {
    const { sendAt, expiresAt } = notification;
    if (sendAt && expiresAt && expiresAt <= sendAt) {
      context.addIssue({ code: 'custom', path: ['expiresAt'], message: 'must be later than sendAt' });
    }
    const bytes = payloadBytes(notification);
    if (bytes > MAX_PAYLOAD_BYTES) {
      const message = `title, message, data and push are ${bytes} bytes as they are sent; at most ${MAX_PAYLOAD_BYTES} can be`;
      context.addIssue({ code: 'custom', path: [], message, params: { code: 'PAYLOAD_TOO_BIG' } });
    }
  });

export type NotificationInput = z.output<typeof notificationInputSchema>;

/** Throws TodokuError INVALID_INPUT or PAYLOAD_TOO_BIG with the path of the first wrong field. `prefix`: where it stands, as `[3]`. */
export function parseNotification(value: unknown, prefix = ''): NotificationInput {
  return parseInput(notificationInputSchema, value, prefix);
}
