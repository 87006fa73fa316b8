import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Spine } from '../support/spine.js';

let spine: Spine;

beforeAll(async () => {
  spine = await Spine.start();
  await spine.worker();
});
afterAll(() => spine.close());

it('sends the same words to each device that is addressed alone, and to the same one only once', async () => {
  const user = await spine.user(2);
  const words = { title: `Title ${randomUUID()}`, message: 'Message' };
  const [first = '', second = ''] = user.tokenIds;
  const ids = [await spine.notify(user.id, { ...words, token_id: first }), await spine.notify(user.id, { ...words, token_id: second })];
  for (const id of ids) await spine.reaches(id, 'accepted_by_platform');
  const again = await spine.notify(user.id, { ...words, token_id: second });
  await spine.settles();
  for (const token of user.tokens) expect(spine.simulator.control.takenBy(token)).toHaveLength(1);
  expect(await spine.decisions(again)).toMatchObject([{ verdict: 3, reason: 'duplicate' }]);
});
