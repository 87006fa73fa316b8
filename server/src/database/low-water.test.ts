import { beforeEach, describe, expect, it } from 'vitest';
import { LowWater } from './low-water.js';

describe('LowWater', () => {
  let now = 0;
  let water: LowWater;

  beforeEach(() => {
    now = 1000;
    water = new LowWater(() => now);
  });

  /** A claim that takes the lowest of `queue` at or above its mark. Returns where it started. */
  function claim(queue: number[], tookMs = 0): number {
    const mark = water.next('lane');
    now += tookMs;
    const at = queue.findIndex((position) => position >= mark.from);
    const [lowest] = at < 0 ? [] : queue.splice(at, 1);
    water.saw(mark, lowest ?? null);
    return mark.from;
  }

  it('looks at everything first, then starts where it found work two seconds ago', () => {
    const starts: number[] = [];
    for (let second = 0; second < 60; second++) {
      // Every tenth of a second one more, until the next sweep is due.
      for (let tenth = 0; tenth < 10; tenth++) {
        starts.push(claim([second * 10 + tenth + 1]));
        now += 100;
      }
    }
    expect(starts[0]).toBe(0);
    const marked = starts.map((from, position) => ({ from, position: position + 1 })).filter(({ from }) => from > 0);
    expect(marked.length).toBeGreaterThan(500);
    for (const { from, position } of marked) {
      expect(from).toBeLessThanOrEqual(position - 20);
      expect(from).toBeGreaterThanOrEqual(position - 40);
    }
  });

  it('finds what appears below the mark within two seconds, and follows it down', () => {
    const queue: number[] = [];
    for (let i = 0; i < 50; i++) {
      queue.push(1000 + i);
      claim(queue);
      now += 100;
    }
    queue.push(5, 6, 7);
    queue.sort((a, b) => a - b);
    const began = now;
    while (queue.includes(5)) {
      claim(queue);
      now += 100;
    }
    expect(now - began).toBeLessThanOrEqual(2200);
    claim(queue);
    claim(queue);
    expect(queue).not.toContain(7);
  });

  it('looks at everything more seldom when that is slow, but at least twice a minute', () => {
    claim([], 200);
    now += 3000;
    expect(claim([50])).toBe(0);
    claim([], 0);
    now += 5000;
    claim([60], 60_000);
    now += 29_999;
    expect(claim([])).toBe(60);
    now += 1;
    expect(claim([])).toBe(0);
  });

  it('keeps lanes apart', () => {
    claim([70]);
    now += 2500;
    claim([71]);
    now += 100;
    expect(claim([])).toBe(70);
    expect(water.next('other').from).toBe(0);
  });

  it('starts two seconds back, also when every claim until now looked at everything', () => {
    for (let i = 1; i <= 1000; i++) {
      expect(claim([i])).toBe(0);
      now += 3000;
    }
    claim([1001]);
    now += 1;
    expect(claim([])).toBe(1000);
  });
});
