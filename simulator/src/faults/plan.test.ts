import { describe, expect, it } from 'vitest';
import { FaultPlan, type FaultTarget } from './plan.js';

const target: FaultTarget = {
  tokens: ['ExponentPushToken[a]'],
  messages: [{ to: 'ExponentPushToken[a]', title: 'Good morning', data: { _deliveryId: 'd1' } }],
  project: '@owner/a',
};

function struck(plan: FaultPlan, requests: number): boolean[] {
  return Array.from({ length: requests }, () => plan.take('send', target) !== undefined);
}

describe('a fault plan', () => {
  it('strikes once unless told otherwise, in the order of the script', () => {
    const plan = new FaultPlan(1);
    plan.add({ kind: 'status_500' });
    plan.add({ kind: 'status_502', times: 2 });
    const kinds = Array.from({ length: 4 }, () => plan.take('send', target)?.kind);
    expect(kinds).toEqual(['status_500', 'status_502', 'status_502', undefined]);
    expect(plan.list().map(({ left, applied }) => [left, applied])).toEqual([
      [0, 1],
      [0, 2],
    ]);
  });

  it('lets the first requests through', () => {
    const plan = new FaultPlan(1);
    plan.add({ kind: 'status_500', after: 2, times: null });
    expect(struck(plan, 4)).toEqual([false, false, true, true]);
  });

  it('strikes only what matches', () => {
    const plan = new FaultPlan(1);
    const misses = [{ token: 'other' }, { deliveryId: 'd2' }, { project: '@owner/b' }, { titleIncludes: 'evening' }];
    for (const match of misses) plan.add({ kind: 'status_500', match });
    expect(plan.take('send', target)).toBeUndefined();
    const hits = [{ token: 'ExponentPushToken[a]' }, { deliveryId: 'd1' }, { project: '@owner/a' }, { titleIncludes: 'morning' }];
    for (const match of hits) plan.add({ kind: 'status_502', match });
    expect(struck(plan, 5)).toEqual([true, true, true, true, false]);
  });

  it('keeps the endpoints apart', () => {
    const plan = new FaultPlan(1);
    plan.add({ kind: 'no_receipts' });
    expect(plan.take('send', target)).toBeUndefined();
    expect(plan.take('receipts', null)?.kind).toBe('no_receipts');
  });

  it('draws the same faults from the same seed, at about the rate asked for', () => {
    const draw = (seed: number): boolean[] => {
      const plan = new FaultPlan(seed);
      plan.add({ kind: 'accept_then_reset', probability: 0.2 });
      return struck(plan, 1000);
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    const count = draw(7).filter(Boolean).length;
    expect(count).toBeGreaterThan(150);
    expect(count).toBeLessThan(250);
  });
});
