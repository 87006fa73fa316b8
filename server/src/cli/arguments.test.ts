import { describe, expect, it } from 'vitest';
import { id, instant, listOf, onOff, pastInstant, reasonText, uuidText, wholeNumber } from './arguments.js';

describe('arguments', () => {
  it('take times with a zone, and ages', () => {
    expect(instant('2026-08-01T09:00:00+09:00')).toEqual(new Date('2026-08-01T00:00:00Z'));
    expect(instant('2026-08-01T09:00Z')).toEqual(new Date('2026-08-01T09:00:00Z'));
    const before = Date.now();
    const hourAgo = pastInstant('1h').getTime();
    expect(hourAgo).toBeGreaterThanOrEqual(before - 3_600_000);
    expect(hourAgo).toBeLessThanOrEqual(Date.now() - 3_600_000);
  });

  it.each(['', 'yesterday', '2026-08-01', '2026-08-01T09:00:00', '2026-13-01T00:00:00Z', '-1h', '1w', '1.5h', '9999999h'])(
    'refuse %o as a time',
    (text) => {
      expect(() => pastInstant(text)).toThrow('It has to be a time');
    },
  );

  it('take the years that the tables take, and no others', () => {
    for (const text of ['2000-01-01T00:00:00Z', '2199-12-31T23:59:59Z']) expect(instant(text)).toEqual(new Date(text));
    for (const text of ['1999-12-31T23:59:59Z', '2200-01-01T00:00:00Z', '1970-01-01T00:00:00Z', '9999-01-01T00:00:00Z', '99999d'])
      expect(() => pastInstant(text)).toThrow('2000 to 2199');
  });

  it.each(['', '-1', '0', '1.5', '1e3', '0x10', ' 7', '101', '99999999999999999999'])('refuse %o as a number from 1 to 100', (text) => {
    expect(() => wholeNumber(1, 100)(text)).toThrow('from 1 to 100');
  });

  it('take what is right', () => {
    expect(wholeNumber(1, 100)('100')).toBe(100);
    expect(id('9007199254740')).toBe(9007199254740);
    expect(uuidText('7D9F6C1E-0B53-4C8E-9F8E-1F2A3B4C5D6E')).toBe('7d9f6c1e-0b53-4c8e-9f8e-1f2a3b4c5d6e');
    expect([onOff('on'), onOff('off')]).toEqual([true, false]);
    expect(listOf(['send', 'admin'])('send, admin')).toEqual(['send', 'admin']);
    expect(reasonText('  a drill ')).toBe('a drill');
  });

  it('refuse what is wrong', () => {
    expect(() => uuidText('7d9f6c1e')).toThrow('uuid');
    expect(() => onOff('yes')).toThrow('on or off');
    expect(() => listOf(['send', 'admin'])('send,root')).toThrow('send, admin');
    expect(() => listOf(['send'])('')).toThrow('send');
    for (const reason of ['', '   ', 'a\nb', 'a\0', '\ud800', 'x'.repeat(1_001)]) expect(() => reasonText(reason)).toThrow('why');
  });
});
