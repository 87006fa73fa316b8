import { z } from 'zod';
import { fieldPath } from '../../errors/field-path.js';
import { readSafely } from '../../errors/read-safely.js';
import { findDataFault, type JsonObject } from '../../notifications/json-data.js';
import { isStorableText } from '../../notifications/storable-text.js';
import { type PushOptions, pushOptionsSchema } from '../../providers/push-options.js';
import { type ExpoRefusal, validationError } from './expo-refusals.js';

/** What Expo's API says of a wrong presentational field: the field and this. */
const expected: Readonly<Record<keyof PushOptions, string>> = {
  sound: 'must be a string.',
  badge: 'must be a whole number of 0 or more.',
  subtitle: 'must be a string of at most 1024 characters.',
  channelId: 'must be a string of at most 255 characters.',
  priority: 'must be one of [default, normal, high].',
  interruptionLevel: 'must be one of [active, critical, passive, time-sensitive].',
  icon: 'must be a string of at most 255 characters.',
  richContent: 'must be an object with the http or https address of an image.',
  categoryId: 'must be a string of at most 255 characters.',
  mutableContent: 'must be a boolean.',
  contentAvailable: 'must be a boolean.',
  threadId: 'must be a string of at most 255 characters.',
  targetContentId: 'must be a string of at most 255 characters.',
  filterCriteria: 'must be a string of at most 255 characters.',
  relevanceScore: 'must be a number from 0 to 1.',
};

const isPushOption = (field: unknown): field is keyof PushOptions => typeof field === 'string' && Object.hasOwn(expected, field);

const notText = 'must be a string.';
const text = z.string(notText).refine(isStorableText, 'must be well-formed text without NUL.');
const key = text.max(1024, 'must be at most 1024 characters.');
const seconds = z.number('must be a number.').min(0, 'must be larger than or equal to 0.');

const data = z.unknown().transform((value, context): JsonObject => {
  const fault = findDataFault(value);
  if (fault === null) return value as JsonObject;
  const message = fault.path.length === 0 ? 'must be of type object.' : `${fault.message}.`;
  context.issues.push({ code: 'custom', input: value, path: [...fault.path], message });
  return z.NEVER;
});

/** One message as Expo documents it. Fields that are not here are ignored, as Expo does. */
export const expoMessageSchema = z.object(
  {
    to: z.union([text, z.array(text)], 'must be a string or an array of strings.'),
    title: text.optional(),
    body: text.optional(),
    data: data.optional(),
    /** Counts before `expiration`. */
    ttl: seconds.optional(),
    /** Seconds since 1970. */
    expiration: seconds.optional(),
    collapseId: key.optional(),
    tag: key.optional(),
    /** Deprecated name of `contentAvailable`. */
    _contentAvailable: z.boolean('must be a boolean.').optional(),
    ...pushOptionsSchema.shape,
  },
  'must be of type object.',
);

export type ExpoMessage = z.output<typeof expoMessageSchema>;

/** `at`: where the message stands in the body, as `[3]`; empty when it is the body. */
export function readExpoMessage(value: unknown, at: string): ExpoMessage | ExpoRefusal {
  const parsed = readSafely(expoMessageSchema, withoutEmptyOptions(value));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return validationError(issue === undefined ? 'The message is wrong.' : described(issue, at));
}

/** The presentational fields among a message's, by name. */
export function pushOptionsOf(message: ExpoMessage): PushOptions {
  const named = Object.entries(message).filter(([field]) => isPushOption(field));
  const options = Object.fromEntries(named) as PushOptions;
  const { _contentAvailable: background } = message;
  return background === undefined || options.contentAvailable !== undefined ? options : { ...options, contentAvailable: background };
}

/** An empty text says nothing ("no channel"), and apps do send it; Apple and Google would take it for a name. */
function withoutEmptyOptions(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const fields = Object.entries(value);
  return fields.some(isEmptyOption) ? Object.fromEntries(fields.filter((field) => !isEmptyOption(field))) : value;
}

function isEmptyOption([field, value]: [string, unknown]): boolean {
  return value === '' && isPushOption(field);
}

/** `"[2].title" must be a string.`; of `data` without the quotation marks, which is how Expo writes it. */
function described({ path, message }: z.core.$ZodIssue, at: string): string {
  const [field] = path;
  if (isPushOption(field)) return `"${fieldPath([field], at)}" ${expected[field]}`;
  const where = fieldPath(path, at);
  if (field === 'data') return `${where} ${message}`;
  return `"${where === '' ? 'value' : where}" ${message}`;
}
