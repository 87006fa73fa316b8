import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/support/database.js';
import { apnsReasonKinds, faultKinds } from '../../providers/expo/delivery-faults.js';
import { rollUpTallies } from '../tallies.js';
import { adviceOn } from './error-advice.js';
import { NotificationErrorHandler } from './notification-error-handler.js';

let db: TestDatabase;
let errors: NotificationErrorHandler;

beforeAll(async () => {
  db = await testDatabase();
  errors = new NotificationErrorHandler(db.database);
});
afterAll(() => db.close());

test('nothing went wrong', async () => {
  expect(await errors.getErrorStats()).toMatchObject({
    total: 0,
    rate: null,
    errorsByType: {},
    errors: [],
    firstSeen: null,
    direction: 'steady',
  });
});

test('errors are counted by code, project and time, whether they are rolled up or not', async () => {
  await db.admin.query(
    `insert into push.tally_entries (at, project_id, item, n) values
       (now() - interval '30 hours', 1, 'error:ExpoError', 2),
       (now() - interval '5 hours', 1, 'error:DeviceNotRegistered', 3),
       (now() - interval '2 minutes', 1, 'error:DeviceNotRegistered', 4),
       (now() - interval '2 minutes', 1, 'error:HTTP_503', 1),
       (now() - interval '2 minutes', 1, 'sent', 32)`,
  );
  const before = await errors.getErrorStats();
  expect(before).toMatchObject({
    total: 8,
    rate: 0.2,
    before: 2,
    direction: 'rising',
    errorsByType: { DeviceNotRegistered: 7, HTTP_503: 1 },
    byProvider: { 'expo/default': 8 },
  });
  expect(before.errors[0]).toMatchObject({ code: 'DeviceNotRegistered', provider: 'expo', project: 'default', count: 7 });
  expect((before.errors[0]?.lastSeen.getTime() ?? 0) - (before.errors[0]?.firstSeen.getTime() ?? 0)).toBeGreaterThan(4 * 3_600_000);
  await rollUpTallies(db.database, 3);
  expect(await errors.getErrorStats()).toMatchObject({ errors: before.errors, trend: before.trend });
  await rollUpTallies(db.database, 3);
  expect(await errors.getErrorStats()).toMatchObject({ errors: before.errors, trend: before.trend });
  expect(await errors.getErrorStats({ since: new Date(Date.now() - 3_600_000) })).toMatchObject({
    total: 5,
    before: 0,
    trendStepSeconds: 300,
  });
});

test('there is advice on every code that providers are known to give', () => {
  const known = [...faultKinds, ...apnsReasonKinds].filter(([, kind]) => kind !== 'transient').map(([code]) => code);
  expect(known.length).toBeGreaterThan(10);
  for (const code of [...known, 'TOO_MANY_REQUESTS', 'HTTP_502'])
    expect({ code, advice: adviceOn(code) }).not.toMatchObject({ advice: adviceOn('no such code') });
});
