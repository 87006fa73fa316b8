import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldPath } from './field-path.js';

describe('fieldPath', () => {
  it.each([
    [['data', 'a', 'b'], '[3]', '[3].data.a.b'],
    [['data', 'a', 'b'], '', 'data.a.b'],
    [[3, 'data', 0, 1], '', '[3].data[0][1]'],
    [['data', 'with space', 'x'], '', 'data["with space"].x'],
    [['data', ''], '', 'data[""]'],
    [['data', '\0\ud800'], '', 'data["\\u0000\\ud800"]'],
    [['data', '__proto__'], '', 'data.__proto__'],
    [['data', 'k'.repeat(65)], '', `data["${'k'.repeat(64)}…"]`],
    [[], 'body', 'body'],
    [[], '', ''],
  ])('writes %j after %j as %s', (parts, prefix, expected) => {
    expect(fieldPath(parts, prefix)).toBe(expected);
  });

  it('is well-formed, printable and bounded, whatever the keys are', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.nat()), { maxLength: 20 }), (parts) => {
        const path = fieldPath(parts);
        expect(path.isWellFormed()).toBe(true);
        expect(path).not.toMatch(/[\0-\x1f]/);
        expect(path.length).toBeLessThanOrEqual(parts.length * (65 * 6 + 4));
      }),
    );
  });
});
