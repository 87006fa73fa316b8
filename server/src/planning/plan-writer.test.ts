import { describe, expect, it } from 'vitest';
import { DeliveryNumbers } from './delivery-numbers.js';
import type { OutboxItem } from './outbox-rows.js';
import { PlanWriter } from './plan-writer.js';
import type { DecisionInput } from './planning-types.js';
import { TalliedTypes } from './tallied-types.js';

const createdAt = new Date('2026-06-01T10:20:30.123Z');
let made = 0;

const item = (change: Partial<OutboxItem> = {}): OutboxItem => ({
  outboxId: 1,
  id: `00000000-0000-4000-8000-${String(++made).padStart(12, '0')}`,
  createdAtUs: '1780309230123456',
  createdAt,
  broadcastId: null,
  broadcastState: null,
  wasHeld: false,
  readyAt: createdAt,
  userId: 'user',
  type: 'reminder',
  sendAt: null,
  expiresAt: null,
  payloadBytes: 10,
  content: null,
  settings: null,
  devices: [],
  message: null,
  ...change,
});
const input = { settings: null, history: { duplicateOf: null, capReached: false }, devices: [{}] } as unknown as DecisionInput;

async function writer(chunkSize = 100): Promise<PlanWriter> {
  const numbers = new DeliveryNumbers();
  await numbers.reserve(
    { rows: async () => Array.from({ length: 5 }, (_, i) => [String((i + 1) * 1000)]), query: async () => [] },
    3000,
    1,
  );
  return new PlanWriter(1, numbers, () => chunkSize, new TalliedTypes(2));
}

function send(to: PlanWriter, expiresInSeconds: number, change: Partial<OutboxItem> = {}, projectId = 1): void {
  const expiresAt = new Date(createdAt.getTime() + expiresInSeconds * 1000);
  to.add(item(change), input, { verdict: 'send', devices: [{ tokenId: 'aaaa', projectId }], expiresAt }, true);
}

const chunkSizes = (of: PlanWriter): string => of.parameters()[15] ?? '';
const expiries = (of: PlanWriter): string => of.parameters()[13] ?? '';

describe('PlanWriter', () => {
  it('closes a chunk when it is full', async () => {
    const plan = await writer(3);
    for (let i = 0; i < 7; i++) send(plan, 86_400);
    expect(chunkSizes(plan)).toBe('{3,3,1}');
  });

  it('keeps projects, broadcasts and hours apart', async () => {
    const plan = await writer();
    send(plan, 86_400);
    send(plan, 86_400, {}, 2);
    send(plan, 86_400, { broadcastId: '7' });
    send(plan, 86_400, { createdAt: new Date('2026-06-01T09:59:59Z') });
    expect(chunkSizes(plan)).toBe('{1,1,1,1}');
  });

  it('never lets a short-lived delivery end a long-lived one', async () => {
    const plan = await writer();
    send(plan, 60);
    send(plan, 86_400);
    send(plan, 86_401);
    expect(chunkSizes(plan)).toBe('{1,2}');
    expect(expiries(plan)).toBe('{2026-06-01T10:21:30.123Z,2026-06-02T10:20:30.123Z}');
  });

  it('counts every notification once, and its deliveries', async () => {
    const plan = await writer();
    send(plan, 86_400);
    plan.add(item(), input, { verdict: 'suppress', reason: 'no_token' }, true);
    plan.add(item(), input, { verdict: 'hold', reason: 'scheduled', until: new Date('2026-06-02T00:00:00Z') }, true);
    const [, , , , , , , , , , , , , , , , , , , , held, , , , , , , , items, counts] = plan.parameters();
    expect(held?.split(',')).toHaveLength(1);
    expect(items).toBe('{"planned","deliveries","suppressed:no_token"}');
    expect(counts).toBe('{1,1,1}');
  });

  it('counts types at their first planning, a few by name, and what is held', async () => {
    const plan = await writer();
    const hold = { verdict: 'hold', reason: 'quiet_hours', until: new Date('2026-06-02T00:00:00Z') } as const;
    send(plan, 60, { type: 'a"b' });
    send(plan, 60, { type: 'reminder' });
    plan.add(item(), input, hold, true);
    send(plan, 60, { type: 'reminder', wasHeld: true });
    send(plan, 60, { type: 'one too many' });
    plan.add(item({ userId: null }), input, { verdict: 'suppress', reason: 'row_deleted' }, true);
    expect(plan.parameters().slice(31)).toEqual([String.raw`{"type:a\"b","type:reminder","held:quiet_hours","type:*"}`, '{1,2,1,1}']);
  });
});
