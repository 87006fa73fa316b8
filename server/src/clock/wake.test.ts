import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Wake } from './wake.js';

describe('Wake', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  async function sleeps(wake: Wake, ms: number): Promise<() => boolean> {
    let awake = false;
    void wake.sleep(ms).then(() => {
      awake = true;
    });
    await vi.advanceTimersByTimeAsync(0);
    return () => awake;
  }

  it('sleeps its time', async () => {
    const awake = await sleeps(new Wake(), 100);
    await vi.advanceTimersByTimeAsync(99);
    expect(awake()).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(awake()).toBe(true);
  });

  it('is woken, and leaves no timer', async () => {
    const wake = new Wake();
    const awake = await sleeps(wake, 100);
    wake.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(awake()).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('keeps a wake while nobody sleeps, once', async () => {
    const wake = new Wake();
    wake.wake();
    wake.wake();
    expect((await sleeps(wake, 100))()).toBe(true);
    expect((await sleeps(wake, 100))()).toBe(false);
  });

  it('does not carry the wake of one sleep over to the next', async () => {
    const wake = new Wake();
    await sleeps(wake, 100);
    wake.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect((await sleeps(wake, 100))()).toBe(false);
  });
});
