import { afterEach, expect, it, vi } from 'vitest';
import { silentLogger } from '../logging/logger.js';
import { WorkLoop } from './work-loop.js';

const parts = { log: silentLogger, monotonic: () => performance.now() };
let loop: WorkLoop;
afterEach(() => loop.stop());

it('works again at a wake that came while it was working', async () => {
  let works = 0;
  let finish = (): void => undefined;
  loop = new WorkLoop(
    'test',
    async () => {
      works++;
      if (works === 1) {
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
      }
      return false;
    },
    parts,
    { ms: 3_600_000, quickAfterWork: false },
  );
  loop.start();
  await vi.waitFor(() => expect(works).toBe(1));
  loop.wakeUp.wake();
  finish();
  await vi.waitFor(() => expect(works).toBe(2));
});

it('goes on after a failure, and stops at once however long it would sleep', async () => {
  let works = 0;
  loop = new WorkLoop(
    'test',
    async () => {
      if (++works === 1) throw new Error('the database restarts');
      return false;
    },
    parts,
    { ms: 3_600_000, quickAfterWork: false },
  );
  loop.start();
  await vi.waitFor(() => expect(works).toBe(2), { timeout: 5000 });
  await loop.stop();
  expect(works).toBe(2);
});

it('lets the work that is under way finish before it has stopped', async () => {
  let finish = (): void => undefined;
  let finished = false;
  loop = new WorkLoop(
    'test',
    async () => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      finished = true;
      return true;
    },
    parts,
    { ms: 1, quickAfterWork: true },
  );
  loop.start();
  const stopped = loop.stop();
  finish();
  await stopped;
  expect(finished).toBe(true);
});
