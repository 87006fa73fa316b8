import { z } from 'zod';

/** Deeper than any input of ours; what is nested deeper is refused for that. */
const deepest = 40;

/**
 * `schema.safeParse` that really never throws. zod checks lengths of whatever has a `length`, also when it has found the wrong type
 * already: where text is expected, {"length": {"toString": []}} made it throw a TypeError, so an answer 500 or a worker's crash.
 */
export function readSafely<Schema extends z.ZodType>(schema: Schema, value: unknown): z.ZodSafeParseResult<z.output<Schema>> {
  try {
    return schema.safeParse(value);
  } catch (error) {
    const path = pathOfFalseLength(value, 0);
    if (!(error instanceof TypeError) || path === null) {
      throw error;
    }
    const refused = new z.ZodError([{ code: 'custom', path, message: 'has the wrong type', input: value }]);
    return { success: false, error: refused as z.ZodError<z.output<Schema>> };
  }
}

/** The first object whose `length` or `size` is no number; null: there is none, so that the error was of another kind. */
function pathOfFalseLength(value: unknown, depth: number): PropertyKey[] | null {
  if (typeof value !== 'object' || value === null || depth > deepest) {
    return null;
  }
  if (['length', 'size'].some((name) => Object.hasOwn(value, name) && typeof Reflect.get(value, name) === 'object')) {
    return [];
  }
  for (const [key, inner] of Object.entries(value)) {
    const path = pathOfFalseLength(inner, depth + 1);
    if (path !== null) {
      return [Array.isArray(value) ? Number(key) : key, ...path];
    }
  }
  return null;
}
