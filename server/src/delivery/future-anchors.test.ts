import { afterAll, beforeAll, expect, it } from 'vitest';
import { Spine } from '../../test/support/spine.js';
import { silentLogger } from '../logging/logger.js';
import { bringBackFutureAnchors } from './future-anchors.js';

let spine: Spine;
beforeAll(async () => {
  spine = await Spine.start();
});
afterAll(() => spine.close());

it('lets a project go on when the clock of the database was set back', async () => {
  await spine.admin.query(
    "update push.projects set rate_budget = 600, bucket_level = 0, bucket_at = now() + interval '1 hour', backoff_until = now() + interval '3 hours'",
  );
  const id = await spine.notify((await spine.user()).id);
  await spine.worker();
  await expect.poll(() => spine.admin.query('select 1 from push.chunks')).toHaveLength(1);
  const warned: unknown[] = [];
  expect(await bringBackFutureAnchors(spine.database, { ...silentLogger, warn: (fields: object) => warned.push(fields) })).toBe(1);
  expect(warned).toEqual([{ projects: [1] }]);
  const [project] = await spine.admin.query(
    "select bucket_level, backoff_until <= now() + interval '1 hour' as soon, breaker_probe_at from push.projects",
  );
  expect(project).toEqual({ bucket_level: 0, soon: true, breaker_probe_at: null });
  await spine.admin.query('update push.projects set backoff_until = null');
  await spine.reaches(id, 'accepted_by_platform');
});

it('leaves alone what is as it should be', async () => {
  await spine.admin.query(
    `update push.projects set bucket_at = now(), breaker_state = 'open', breaker_probe_at = now() + interval '59 seconds',
       backoff_until = now() + interval '59 minutes'`,
  );
  const before = await spine.admin.query('select * from push.projects');
  expect(await bringBackFutureAnchors(spine.database, silentLogger)).toBe(0);
  expect(await spine.admin.query('select * from push.projects')).toEqual(before);
});
