import { describe, expect, it } from 'vitest';
import { printable, printableIn, printableLines } from './printable.js';

describe('printable', () => {
  it('lets nothing reach the terminal that is not to be seen', () => {
    expect(printable('a\u001b[31mb\u0007\n\u009b\u202ec')).toBe('a\ufffd[31mb\ufffd\ufffd\ufffd\ufffdc');
    expect(printable('\u200f\u061c\u2067\u2028')).toBe('\ufffd'.repeat(4));
    expect(printableLines('a\u001b\nb')).toBe('a\ufffd\nb');
    expect(printable('届く 🎉 👩‍🍼 é')).toBe('届く 🎉 👩‍🍼 é');
  });

  it('reaches every text of a value', () => {
    const at = new Date(0);
    expect(printableIn({ a: 'x\ny', b: [{ c: '\u202e', d: 7, e: null, f: at }], 'g\n': true })).toEqual({
      ...{ a: 'x\ufffdy', b: [{ c: '\ufffd', d: 7, e: null, f: at }], 'g\ufffd': true },
    });
  });
});
