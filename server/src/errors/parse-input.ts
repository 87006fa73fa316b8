import type { z } from 'zod';
import type { ErrorCode } from './catalogue.js';
import { fieldPath } from './field-path.js';
import { readSafely } from './read-safely.js';
import { TodokuError } from './todoku-error.js';

/** What a schema makes of an input; throws a TodokuError with the path of the first field that is wrong. `prefix`: where `value` is. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, value: unknown, prefix = ''): z.output<Schema> {
  const result = readSafely(schema, value);
  if (!result.success) {
    throw inputError(result.error.issues, prefix);
  }
  return result.data;
}

/** A schema's check can name another code than INVALID_INPUT: `params: { code: 'PAYLOAD_TOO_BIG' }`. */
export function inputError(issues: readonly z.core.$ZodIssue[], prefix = ''): TodokuError {
  const issue = innermost(issues);
  if (issue === undefined) {
    return new TodokuError('INVALID_INPUT');
  }
  // Of unknown fields the first is named: it is the field that is wrong, not the object that holds it.
  const parts = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
  const path = fieldPath(parts, prefix);
  const said = issue.code === 'unrecognized_keys' ? 'unknown field' : issue.message;
  return new TodokuError(codeOf(issue), { message: path === '' ? said : `${path}: ${said}`, path });
}

function codeOf(issue: z.core.$ZodIssue): ErrorCode {
  return issue.code === 'custom' && issue.params?.code === 'PAYLOAD_TOO_BIG' ? 'PAYLOAD_TOO_BIG' : 'INVALID_INPUT';
}

/** The first issue; of a union, the first issue of the alternative that came furthest. */
function innermost(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue | undefined {
  const issue = issues[0];
  if (issue?.code !== 'invalid_union') {
    return issue;
  }
  const deeper = issue.errors.map(innermost).filter((inner) => inner !== undefined && inner.path.length > 0)[0];
  return deeper === undefined ? issue : { ...deeper, path: [...issue.path, ...deeper.path] };
}
