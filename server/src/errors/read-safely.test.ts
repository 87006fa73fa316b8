import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readSafely } from './read-safely.js';

const schema = z.strictObject({
  title: z.string().min(1),
  list: z
    .array(z.strictObject({ name: z.string().max(3) }))
    .max(2)
    .optional(),
});

/** Can't be compared with a number: converting it throws. */
const trap = { toString: [] };

describe('readSafely', () => {
  it('gives what safeParse gives', () => {
    expect(readSafely(schema, { title: 'a' })).toEqual({ success: true, data: { title: 'a' } });
    expect(readSafely(schema, { title: '' }).error?.issues[0]).toMatchObject({ path: ['title'], code: 'too_small' });
  });

  it.each([
    [{ title: { length: trap } }, ['title']],
    [{ title: 'a', list: [{ name: 'b' }, { name: { length: trap } }] }, ['list', 1, 'name']],
    [{ title: 'a', list: { length: trap } }, ['list']],
    [{ title: 'a', list: { length: [[{ toString: 1 }]] } }, ['list']],
  ])('refuses a length that is none: %j', (value, path) => {
    expect(() => schema.safeParse(value)).toThrow(TypeError);
    expect(readSafely(schema, value).error?.issues[0]?.path).toEqual(path);
  });

  it('hides no fault of the program', () => {
    const broken = z.string().refine(() => {
      throw new TypeError('a fault');
    });
    expect(() => readSafely(broken, 'x')).toThrow('a fault');
  });
});
