import { describe, expect, it } from 'vitest';
import { parseInput } from '../errors/parse-input.js';
import { laneSchema } from './lane-input.js';

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
  });

  it.each(['Critical', 'bogus', '', '1', 3, -1, 0.5, null, [0], { length: {} }])(
    '%j is none, and the message says which there are',
    (said) => {
      const error = { code: 'INVALID_INPUT', path: 'lane', message: 'lane: must be critical, default or bulk, or its number: 0, 1 or 2' };
      expect(() => parseInput(laneSchema, said, 'lane')).toThrow(expect.objectContaining(error));
    },
  );
});
