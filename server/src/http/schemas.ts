/** Pieces of which routes make their schemas. Query and path values come as text. */
import { z } from 'zod';
import { errorCatalogue } from '../errors/catalogue.js';
import { mostReasonCharacters, reasonIn, reasonRule } from '../security/reason.js';

/** Ids are compared as text in places, and Postgres prints them in lower case. */
export const uuid = z
  .guid('must be a uuid')
  .transform((id) => id.toLowerCase())
  .meta({ format: 'uuid' });

export const uuidParams = z.strictObject({ id: uuid });

/** Of broadcasts and projects. */
export const numberParams = z.strictObject({
  id: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, 'must be a number')
    .transform(Number),
});

/** Why an operator does something: it goes into the audit. Every route that needs scope operate or admin and changes something asks for it. */
export const reason = z
  .string(reasonRule)
  .trim()
  .refine((text) => reasonIn(text) !== null, reasonRule)
  .meta({ minLength: 1, maxLength: mostReasonCharacters, description: 'Why: one line, for the audit' });

export const reasonBody = z.strictObject({ reason });

export const wholeNumberText = (low: number, high: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= low && value <= high, `must be from ${low} to ${high}`);

export const flagText = z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true');

/** An instant in an answer. */
export const time = z.iso.datetime();

export const errorDetails = z.object({
  code: z.enum(Object.keys(errorCatalogue) as [string, ...string[]]),
  message: z.string(),
  path: z.string().nullable().meta({ description: 'The field that is wrong, as in notifications[3].data' }),
  remedy: z.string().meta({ description: 'What to do' }),
});

export const errorAnswer = z
  .looseObject({ error: errorDetails.extend({ requestId: z.string().meta({ description: 'By which the log is searched' }) }) })
  .meta({ id: 'Error', description: 'Any answer that is not a success' });
