import { expect, it } from 'vitest';
import { RECEIPT_KINDS } from '../tokens/behaviours.js';
import { TicketIds } from './ticket-ids.js';

it('ids carry their time and receipt and never repeat', () => {
  const ids = new TicketIds(null);
  const minted = new Set<string>();
  for (let n = 0; n < 20_000; n += 1) {
    ids.stamp(1_782_424_694_000 + Math.floor(n / 100));
    const kind = RECEIPT_KINDS[n % RECEIPT_KINDS.length] ?? 'ok';
    const id = ids.mint(kind);
    minted.add(id);
    expect(ids.read(id)).toEqual({ acceptedAtMs: 1_782_424_694_000 + Math.floor(n / 100), receipt: kind });
  }
  expect(minted.size).toBe(20_000);
});

it('ids not given out yet, or by another simulator, or of an unknown kind, say nothing', () => {
  const ids = new TicketIds('a');
  ids.stamp(1_782_424_694_000);
  const id = ids.mint('ok');
  expect(ids.read(`${id.slice(0, -1)}1`)).toBeUndefined();
  expect(ids.read(`${id.slice(0, 24)}ff${id.slice(26)}`)).toBeUndefined();
  expect(new TicketIds('b').read(id)).toBeUndefined();
});
