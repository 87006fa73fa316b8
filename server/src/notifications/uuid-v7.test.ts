import { expect, it } from 'vitest';
import { timeOfUuidV7, uuidV7 } from './uuid-v7.js';

it('makes ids of version 7 that begin with their time and sort by it', () => {
  const ids = [0, 1, 1_700_000_000_000, 1_700_000_000_001, 253_402_300_799_999].map((ms) => uuidV7(new Date(ms)));
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect([...ids].sort()).toEqual(ids);
  expect(ids[2]?.slice(0, 13)).toBe('018bcfe5-6800');
  expect(timeOfUuidV7(ids[3] ?? '')).toBe(1_700_000_000_001);
  expect(timeOfUuidV7('6f1c1d2e-0000-4000-8000-000000000000')).toBeNull();
});

it('makes each id once', () => {
  const now = new Date();
  expect(new Set(Array.from({ length: 10_000 }, () => uuidV7(now))).size).toBe(10_000);
});
