import { describe, expect, it } from 'vitest';
import { cellsOf } from '../logging/cells.js';
import { fields, show, table, tally } from './layout.js';

describe('show', () => {
  it.each([
    [null, '–'],
    [undefined, '–'],
    ['', '–'],
    [0, '0'],
    [1234567, '1,234,567'],
    [12.345, '12.3'],
    [true, 'true'],
    [new Date('2026-08-01T00:00:05.678Z'), '2026-08-01 00:00:05Z'],
  ])('writes %o as %s', (value, text) => {
    expect(show(value)).toBe(text);
  });
});

describe('table', () => {
  it('aligns words to the left and numbers to the right', () => {
    expect(
      table(
        ['name', 'n'],
        [
          ['one', 1],
          ['thousand', 1000],
        ],
      ),
    ).toBe('name          n\none           1\nthousand  1,000');
  });

  it('aligns where characters are two cells wide', () => {
    const lines = table(
      ['名前', 'x'],
      [
        ['届く', 'a'],
        ['todoku', 'b'],
      ],
    ).split('\n');
    expect(lines).toEqual(['名前    x', '届く    a', 'todoku  b']);
    expect(cellsOf('届く')).toBe(4);
  });

  it('has headings alone when there is nothing', () => {
    expect(table(['a', 'b'], [])).toBe('a  b');
  });
});

describe('fields and tally', () => {
  it('leave out what is not there', () => {
    expect(
      fields(
        [
          ['a', 1],
          ['long', null],
          ['更に', 1000],
          ['gone', undefined],
        ],
        '  ',
      ),
    ).toBe('  a         1\n  long  –\n  更に  1,000');
    expect(tally({ a: 1, b: 0, c: 2000 })).toBe('a 1, c 2,000');
  });
});
