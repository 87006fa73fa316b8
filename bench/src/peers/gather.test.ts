import { expect, it } from 'vitest';
import { gather } from './gather.js';

it('sends what comes at the same time together, and no more than it may', async () => {
  const sent: number[][] = [];
  const add = gather<number>(3, async (items) => void sent.push([...items]));
  await Promise.all([1, 2, 3, 4].map(add));
  expect(sent).toEqual([[1, 2, 3], [4]]);
});

it('fails those, and only those, whose request failed', async () => {
  const add = gather<number>(2, async (items) => {
    if (items.includes(1)) throw new Error('refused');
  });
  const results = await Promise.allSettled([1, 2, 3, 4].map(add));
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled', 'fulfilled']);
});
