import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseInput } from './parse-input.js';
import { TodokuError } from './todoku-error.js';

const schema = z.strictObject({
  name: z.string(),
  nested: z.object({ list: z.array(z.number()) }).optional(),
  either: z.union([z.string(), z.strictObject({ volume: z.number() })]).optional(),
  big: z
    .string()
    .refine((text) => text.length < 3, { error: 'too long', params: { code: 'PAYLOAD_TOO_BIG' } })
    .optional(),
});

function refused(value: unknown, prefix?: string): TodokuError {
  try {
    parseInput(schema, value, prefix);
  } catch (error) {
    if (error instanceof TodokuError) return error;
    throw error;
  }
  throw new Error('was taken');
}

describe('parseInput', () => {
  it('gives what the schema makes of the value', () => {
    expect(parseInput(z.object({ n: z.number().default(1) }), {})).toEqual({ n: 1 });
  });

  it.each([
    [{ name: 1 }, 'name'],
    [{}, 'name'],
    [{ name: 'a', nested: { list: [1, 'x'] } }, 'nested.list[1]'],
    [{ name: 'a', more: 1 }, 'more'],
    [JSON.parse('{"name":"a","__proto__":{}}'), '__proto__'],
    [{ name: 'a', either: 1 }, 'either'],
    [{ name: 'a', either: { volume: 'loud' } }, 'either.volume'],
    [{ name: 'a', either: { loud: 1 } }, 'either.volume'],
    ['text', ''],
    [null, ''],
  ])('names the field of %j: %s', (value, path) => {
    const error = refused(value);
    expect(error).toMatchObject({ code: 'INVALID_INPUT', status: 400, path });
    expect(error.message.startsWith(path)).toBe(true);
    expect(refused(value, '[7]').path).toBe(path === '' ? '[7]' : `[7].${path}`);
  });

  it('takes the code that a check names', () => {
    expect(refused({ name: 'a', big: 'long' })).toMatchObject({ code: 'PAYLOAD_TOO_BIG', path: 'big', message: 'big: too long' });
  });
});
