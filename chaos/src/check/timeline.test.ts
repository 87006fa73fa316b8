import { describe, expect, it } from 'vitest';
import { type Answered, surelyOn } from './timeline.js';
import { Ownership } from './truths/devices.js';

interface Flip {
  readonly on: boolean;
  readonly from: number;
  readonly to: number;
  readonly answered: Answered;
}

const on = (from: number, to = from + 1, answered: Answered = 'done'): Flip => ({ on: true, from, to, answered });
const off = (from: number, to = from + 1, answered: Answered = 'done'): Flip => ({ ...on(from, to, answered), on: false });
const stretches = (...acts: Flip[]) => surelyOn(acts, (act) => act.on).map(({ from, to }) => [from, to]);
const never = Number.POSITIVE_INFINITY;

describe('surelyOn', () => {
  it.each<[string, Flip[], number[][]]>([
    ['from the answer to the start of the next act', [on(1), off(10)], [[2, 10]]],
    ['for ever without one', [on(1)], [[2, never]]],
    ['not while an act without an answer may have ended it', [on(1), off(5, never, 'unknown'), on(20)], [[2, 5]]],
    ['not because of an act that may not have been', [on(1, never, 'unknown')], []],
    ['whatever was refused', [on(1), off(5, 6, 'refused')], [[2, never]]],
    ['not when two overlapped', [on(1, 10), off(5, 6)], []],
    [
      'again after it was off',
      [on(1), off(5), on(8)],
      [
        [2, 5],
        [9, never],
      ],
    ],
  ])('%s', (_what, acts, expected) => {
    expect(stretches(...acts)).toEqual(expected);
  });
});

describe('Ownership', () => {
  const act = (kind: 'register' | 'sign_out', userId: string, from: number, answered: Answered = 'done') =>
    ({ kind, userId, token: 't', from, to: answered === 'unknown' ? never : from + 1, answered }) as const;

  it('knows whose a device was, and when nobody knows', () => {
    const devices = new Ownership([
      act('register', 'ann', 1),
      act('register', 'ben', 10),
      act('sign_out', 'ben', 20),
      act('register', 'ann', 30, 'unknown'),
    ]);
    expect(devices.active('t', 'ann')).toEqual([{ from: 2, to: 10 }]);
    expect(devices.notOf('t', 'ann')).toEqual([{ from: 11, to: 30 }]);
    expect(devices.active('t', 'ben')).toEqual([{ from: 11, to: 20 }]);
    expect(devices.signedOut('t')).toEqual([{ from: 21, to: 30 }]);
    expect(devices.mayBeActive('t', 'ann', { from: 3, to: 4 })).toBe(true);
    expect(devices.mayBeActive('t', 'ann', { from: 15, to: 16 })).toBe(false);
    expect(devices.mayBeActive('t', 'ann', { from: 40, to: 41 })).toBe(true);
    expect(devices.mayBeActive('t', 'cid', { from: 3, to: 4 })).toBe(false);
  });
});
