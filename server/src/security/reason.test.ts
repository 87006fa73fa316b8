import { describe, expect, it } from 'vitest';
import { reasonIn } from './reason.js';

describe('reasonIn', () => {
  it.each([
    ['x', 'x'],
    [' a drill\n', 'a drill'],
    ['インシデント', 'インシデント'],
    [` ${'x'.repeat(1_000)} `, 'x'.repeat(1_000)],
    ['👩‍👧 asked', '👩‍👧 asked'],
  ])('takes %j', (text, reason) => {
    expect(reasonIn(text)).toBe(reason);
  });

  it.each(['', ' \t\n', 'x'.repeat(1_001), 'two\nlines', 'two\u2028lines', 'a\0b', '\u001b[2J', 'half \ud800 of it', '\u3000'])(
    'refuses %j',
    (text) => {
      expect(reasonIn(text)).toBeNull();
    },
  );
});
