/** Chunking, whatever is planned together: nothing is left out or put in twice, and what shares a chunk may share it. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { plainInput } from '../../test/support/decision-arbitraries.js';
import { DeliveryNumbers } from './delivery-numbers.js';
import type { OutboxItem } from './outbox-rows.js';
import { PlanWriter } from './plan-writer.js';
import type { Decision } from './planning-types.js';
import { TalliedTypes } from './tallied-types.js';

const start = Date.parse('2026-06-01T10:20:30.123Z');
const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

interface Planned {
  readonly item: OutboxItem;
  readonly decision: Decision;
  readonly resendUnknown: boolean;
}

const planned = fc.record({
  agoSeconds: fc.nat({ max: 7200 }),
  broadcastId: fc.constantFrom(null, '1', '2'),
  verdict: fc.constantFrom('send', 'send', 'send', 'hold', 'suppress'),
  lifeSeconds: fc.oneof(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 3000, max: 100_000 })),
  projects: fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 1, maxLength: 4 }),
  resendUnknown: fc.boolean(),
});

const plans = fc.array(planned, { maxLength: 120 }).map((drawn) =>
  drawn.map(({ agoSeconds, broadcastId, verdict, lifeSeconds, projects, resendUnknown }, i): Planned => {
    const createdAt = new Date(start - agoSeconds * 1000);
    const devices = projects.map((projectId, d) => ({ tokenId: uuid(1000 * (i + 1) + d), projectId, address: null }));
    const decisions: Record<typeof verdict, Decision> = {
      send: { verdict: 'send', devices, expiresAt: new Date(createdAt.getTime() + lifeSeconds * 1000) },
      hold: { verdict: 'hold', reason: 'scheduled', until: new Date(start + 60_000) },
      suppress: { verdict: 'suppress', reason: 'no_token' },
    };
    const item: OutboxItem = {
      outboxId: 1,
      id: uuid(i),
      createdAtUs: String(createdAt.getTime() * 1000),
      createdAt,
      broadcastId,
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
      message: null,
      devices,
    };
    return { item, decision: decisions[verdict], resendUnknown };
  }),
);

const input = plainInput(new Date(start));
const list = (literal: string | undefined): string[] => (literal === undefined || literal === '{}' ? [] : literal.slice(1, -1).split(','));
/** An array of array literals: `{"{1,2}","{3}"}`. */
const lists = (literal: string | undefined): string[][] => [...(literal ?? '').matchAll(/"(\{[^"]*\})"/g)].map(([, inner]) => list(inner));

async function write(all: readonly Planned[], chunkSize: number): Promise<string[]> {
  const numbers = new DeliveryNumbers();
  const blocks = { rows: async () => [['1000'], ['2000']], query: async () => [] };
  await numbers.reserve(blocks, 1000, 4);
  const writer = new PlanWriter(1, numbers, () => chunkSize, new TalliedTypes());
  for (const { item, decision, resendUnknown } of all) writer.add(item, input, decision, resendUnknown);
  return writer.parameters();
}

it('puts every delivery into one chunk, next to such that share all that a chunk decides for them', async () => {
  await fc.assert(
    fc.asyncProperty(plans, fc.integer({ min: 1, max: 10 }), async (all, chunkSize) => {
      const p = await write(all, chunkSize);
      const [projects, hours, broadcasts, expiries, resend, sizes] = [9, 11, 12, 13, 14, 15].map((i) => list(p[i]));
      const [deliveryIds, notificationIds, createdUs, tokenIds] = [16, 17, 18, 19].map((i) => lists(p[i]));
      const byId = new Map(all.map((one) => [one.item.id, one]));

      const pairs = (deliveryIds ?? []).flatMap((ids, c) => ids.map((_, i) => `${notificationIds?.[c]?.[i]} ${tokenIds?.[c]?.[i]}`));
      const wanted = all.flatMap(({ item, decision }) =>
        decision.verdict === 'send' ? decision.devices.map(({ tokenId }) => `${item.id} ${tokenId}`) : [],
      );
      expect(pairs.toSorted()).toEqual(wanted.toSorted());
      expect(new Set(deliveryIds?.flat()).size).toBe(wanted.length);

      for (const [c, ids] of (deliveryIds ?? []).entries()) {
        expect(ids).toHaveLength(Number(sizes?.[c]));
        expect(ids.length).toBeLessThanOrEqual(chunkSize);
        const members = ids.map((_, i) => byId.get(notificationIds?.[c]?.[i] ?? ''));
        for (const [i, one] of members.entries()) {
          if (one?.decision.verdict !== 'send') throw new Error('not to be sent');
          const { item, decision, resendUnknown } = one;
          const device = decision.devices.find(({ tokenId }) => tokenId === tokenIds?.[c]?.[i]);
          const hour = new Date(Math.floor(item.createdAt.getTime() / 3_600_000) * 3_600_000).toISOString();
          expect([hours?.[c], projects?.[c], broadcasts?.[c], resend?.[c], createdUs?.[c]?.[i]]).toEqual([
            hour,
            String(device?.projectId),
            item.broadcastId ?? 'NULL',
            String(resendUnknown),
            item.createdAtUs,
          ]);
          // Nobody is ended early by more than the step, and nobody lives longer than she may.
          const left = decision.expiresAt.getTime() - Date.parse(expiries?.[c] ?? '');
          const life = decision.expiresAt.getTime() - item.createdAt.getTime();
          expect(left).toBeGreaterThanOrEqual(0);
          expect(left).toBeLessThan(life < 3_600_000 ? 1000 : 60_000);
        }
      }
    }),
  );
});

it('counts in the ledger what it decided, no more and no less', async () => {
  await fc.assert(
    fc.asyncProperty(plans, async (all) => {
      const p = await write(all, 10);
      const counted = new Map<string, number>();
      for (const [i, name] of list(p[28]).entries()) counted.set(name, (counted.get(name) ?? 0) + Number(list(p[29])[i]));
      const verdicts = (verdict: string): number => all.filter(({ decision }) => decision.verdict === verdict).length;
      const deliveries = all.reduce((sum, { decision }) => sum + (decision.verdict === 'send' ? decision.devices.length : 0), 0);
      const expected = [
        ['"planned"', verdicts('send')],
        ['"deliveries"', deliveries],
        ['"suppressed:no_token"', verdicts('suppress')],
      ] as const;
      expect([...counted].toSorted()).toEqual(expected.filter(([, n]) => n > 0).toSorted());
      expect(list(p[0])).toHaveLength(all.length);
      expect(list(p[20])).toHaveLength(verdicts('hold'));
    }),
  );
});
