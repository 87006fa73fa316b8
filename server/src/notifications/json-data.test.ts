import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findDataFault, MAX_KEYS_PER_OBJECT } from './json-data.js';
import { deepestNesting } from './json-depth.js';

/** As text is parsed, because an object literal can't have an own property __proto__. */
const parsed = (json: string): unknown => JSON.parse(json);
const nested = (levels: number, open: string, close: string): string => `{"a":${open.repeat(levels)}1${close.repeat(levels)}}`;
const keys = (count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));

describe('findDataFault', () => {
  it.each([
    ['an empty object', {}],
    ['every kind of value', { a: 'text', b: 1.5, c: true, d: null, e: [1, [2]], f: { g: {} } }],
    ['the deepest nesting', parsed(nested(deepestNesting - 1, '[', ']'))],
    ['the most keys', keys(MAX_KEYS_PER_OBJECT)],
    ['keys that only look special', { toString: 1, hasOwnProperty: 2, __proto: 3, toJSON: 'x' }],
    ['the largest exact number', { a: Number.MAX_SAFE_INTEGER, b: -Number.MAX_SAFE_INTEGER, c: 5e-324 }],
    ['emoji and text from right to left', { '👨‍👩‍👧': 'שלום \u202e', '': '\u0001' }],
  ])('takes %s', (_name, data) => {
    expect(findDataFault(data)).toBeNull();
  });

  it.each([
    ['text', 'text', []],
    ['null', null, []],
    ['an array', [{}], []],
    ['a NUL', { a: { b: 'x\0y' } }, ['a', 'b']],
    ['a NUL in a key', parsed('{"a":[{"x\\u0000":1}]}'), ['a', 0, 'x\0']],
    ['half of a surrogate pair', { a: ['\ud83d'] }, ['a', 0]],
    ['half of a surrogate pair in a key', { '\udc00': 1 }, ['\udc00']],
    ['__proto__', parsed('{"a":{"__proto__":{"isAdmin":true}}}'), ['a', '__proto__']],
    ['constructor', { constructor: { prototype: {} } }, ['constructor']],
    ['prototype', { a: { prototype: 1 } }, ['a', 'prototype']],
    ['1e400', parsed('{"a":1e400}'), ['a']],
    ['NaN', { a: Number.NaN }, ['a']],
    ['a number beyond 2^53', parsed('{"a":[1,12345678901234567890]}'), ['a', 1]],
    ['one level too deep, of arrays', parsed(nested(deepestNesting, '[', ']')), ['a', ...Array<number>(deepestNesting - 1).fill(0)]],
    ['one level too deep, of objects', parsed(nested(deepestNesting, '{"a":', '}')), Array<string>(deepestNesting).fill('a')],
    ['100,000 levels', parsed(nested(100_000, '[', ']')), ['a', ...Array<number>(deepestNesting - 1).fill(0)]],
    ['a key too many', { a: keys(MAX_KEYS_PER_OBJECT + 1) }, ['a']],
    ['undefined', { a: undefined }, ['a']],
    ['a Date', { a: new Date(0) }, ['a']],
    ['a bigint', { a: 1n }, ['a']],
    ['a function', { toJSON: () => 1 }, ['toJSON']],
    ['a hole', { a: Object.assign(Array(3), { 0: 1, 2: 2 }) }, ['a', 1]],
  ])('refuses %s and says where', (_name, data, path) => {
    expect(findDataFault(data)?.path).toEqual(path);
  });

  it('takes what Node prints and parses unchanged, and nothing that it changes', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'binary' }), fc.anything({ withDate: true, withSparseArray: true, withBigInt: true })),
        (data) => {
          if (findDataFault(data) === null) {
            const printed = JSON.stringify(data);
            expect(JSON.stringify(JSON.parse(printed))).toBe(printed);
            expect(Buffer.from(printed).toString()).toBe(printed);
          }
        },
      ),
    );
  });
});
