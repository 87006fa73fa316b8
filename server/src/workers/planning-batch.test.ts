import { expect, it } from 'vitest';
import { PlanningBatch } from './planning-batch.js';

it('is as large as it may be, and small in the other lanes while critical notifications were planned lately', () => {
  let now = 0;
  const batch = new PlanningBatch(() => now, 2000);
  const sizes = () => ([0, 1, 2] as const).map((lane) => batch.size(lane));
  expect(sizes()).toEqual([2000, 2000, 2000]);
  batch.planned(2, 700);
  batch.planned(0, 0);
  expect(sizes()).toEqual([2000, 2000, 2000]);
  batch.planned(0, 1);
  expect(sizes()).toEqual([2000, 500, 500]);
  now = 1999;
  expect(sizes()).toEqual([2000, 500, 500]);
  now = 2000;
  expect(sizes()).toEqual([2000, 2000, 2000]);
});

it('is never larger than it may be', () => {
  const batch = new PlanningBatch(() => 0, 100);
  batch.planned(0, 1);
  expect(batch.size(2)).toBe(100);
});
