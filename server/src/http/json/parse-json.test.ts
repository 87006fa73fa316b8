import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deepestNesting } from '../../notifications/json-depth.js';
import { JsonProblem } from './json-problem.js';
import { parseJson } from './parse-json.js';

function problemOf(text: string): JsonProblem {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof JsonProblem) return error;
    throw error;
  }
  throw new Error(`was taken: ${text.slice(0, 100)}`);
}

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('parseJson', () => {
  it('reads what JSON.parse reads, to the same value', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((value) => value !== '__proto__' && !value.includes('\0'));
    const number = fc.oneof(
      fc.maxSafeInteger(),
      fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 1000),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        text,
        number,
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        tie('object'),
      ),
      object: fc.dictionary(text, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    }));
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 2), (json, indent) => {
        const printed = JSON.stringify(json, null, indent);
        expect(parseJson(printed)).toEqual(JSON.parse(printed));
      }),
    );
  });

  it('takes nothing that JSON.parse refuses, and never throws anything else', () => {
    const pieces = fc.array(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '\\',
        'a',
        '\\u12',
        '0',
        '01',
        '-',
        '1e5',
        '.',
        'true',
        'nul',
        'null',
        ' ',
        '\n',
        '\u0001',
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join('');
        let taken = true;
        try {
          parseJson(text);
        } catch (error) {
          expect(error).toBeInstanceOf(JsonProblem);
          taken = false;
        }
        if (taken) expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['{"data":{"a":"x\\u0000"}}', 'data.a', /NUL/],
    ['{"data":{"a\\u0000":1}}', 'data', /NUL/],
    ['{"title":"\\ud800"}', 'title', /surrogate/],
    ['[{"title":"ok"},{"title":"\\udc00x"}]', '[1].title', /surrogate/],
    ['{"data":{"__proto__":{"admin":true}}}', 'data.__proto__', /__proto__/],
    ['{"data":{"\\u005f_proto__":1}}', 'data.__proto__', /__proto__/],
    ['{"a":1,"a":2}', 'a', /twice/],
    ['{"n":1e400}', 'n', /too large/],
    ['{"n":[1,12345678901234567890]}', 'n[1]', /too large/],
    ['{"n":1e300}', 'n', /too large/],
    ['{"n":1e-400}', 'n', /digits/],
    ['{"n":0.1234567890123456789}', 'n', /digits/],
    ['{"a b":{"c"', '["a b"].c', /early/],
    ['{"title":"a\nb"}', 'title', /control/],
    ['{"title":"\\x"}', 'title', /escape/],
    ['{"title":"never ends', 'title', /does not end/],
    ['', '', /early/],
    ['{} {}', '', /not JSON/],
    ['{"a":NaN}', 'a', /not JSON/],
    ["{'a':1}", '', /not JSON/],
  ])('refuses %s at %s', (text, path, message) => {
    const problem = problemOf(text);
    expect(problem.path).toBe(path);
    expect(problem.message).toMatch(message);
  });

  it('refuses deep nesting without descending into it', () => {
    expect(parseJson(nested(deepestNesting))).toEqual(JSON.parse(nested(deepestNesting)));
    expect(problemOf(nested(deepestNesting + 1)).message).toContain(String(deepestNesting));
    expect(problemOf(nested(1_000_000)).message).toMatch(/nesting/);
    expect(problemOf('{"a":'.repeat(100_000)).path).toBe(Array(deepestNesting).fill('a').join('.'));
  });

  it('leaves keys of Object.prototype harmless', () => {
    const value = parseJson('{"constructor":{"prototype":{"x":1}},"toString":1,"hasOwnProperty":2}');
    expect(Object.keys(value as object)).toEqual(['constructor', 'toString', 'hasOwnProperty']);
    expect(Reflect.get({}, 'x')).toBeUndefined();
  });
});
