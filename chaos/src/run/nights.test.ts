import { expect, it } from 'vitest';
import { CHANGES, drawNight, minuteOfDay } from './nights.js';
import { random } from './random.js';

it.each(CHANGES)('knows when the clocks of $timezone change: $at', ({ timezone, at }) => {
  const [before, after] = [-60_000, 60_000].map((ms) => minuteOfDay(timezone, new Date(Date.parse(at) + ms)));
  const passed = ((after ?? 0) - (before ?? 0) + 1440) % 1440;
  expect(passed).not.toBe(2);
});

it('draws nights that have a beginning and another end', () => {
  const draw = random(1);
  for (let i = 0; i < 200; i++) {
    const { startMinute, endMinute } = drawNight(draw, null);
    expect(startMinute).not.toBe(endMinute);
    for (const minute of [startMinute, endMinute]) expect(minute >= 0 && minute < 1440).toBe(true);
  }
});
