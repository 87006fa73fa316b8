import { describe, expect, it } from 'vitest';
import { parseInput } from '../errors/parse-input.js';
import { laneSchema, withLaneNumber } from './lane-input.js';

describe('a lane', () => {
  it.each([
    ['critical', 0],
    ['default', 1],
    ['bulk', 2],
    [0, 0],
    [1, 1],
    [2, 2],
  ])('%j is lane %i', (said, lane) => {
    expect(parseInput(laneSchema, said)).toBe(lane);
    expect(withLaneNumber({ title: 'x', lane: said })).toEqual({ title: 'x', lane });
  });

  it.each(['Critical', 'bogus', '', '1', 3, -1, 0.5, null, [0], { length: {} }])(
    '%j is none, and the message says which there are',
    (said) => {
      const error = { code: 'INVALID_INPUT', path: 'lane', message: 'lane: must be critical, default or bulk, or its number: 0, 1 or 2' };
      expect(() => withLaneNumber({ lane: said })).toThrow(expect.objectContaining(error));
    },
  );

  it.each([[null], ['text'], [[1]], [{ title: 'x' }]])('%j has none, and stays as it is', (input) => {
    expect(withLaneNumber(input)).toBe(input);
  });
});
