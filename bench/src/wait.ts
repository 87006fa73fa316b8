import { setTimeout as delay } from 'node:timers/promises';

/** Asks again every `everyMs` until the answer is true. Throws after `limitMs`. */
export async function until(ask: () => Promise<boolean>, everyMs: number, limitMs: number): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await ask())) {
    if (performance.now() > end) throw new Error(`not finished after ${limitMs / 1000} s`);
    await delay(everyMs);
  }
}
