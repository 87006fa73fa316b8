import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bounds, type Measurements, type Memory, type Tuned, tune } from './tune.js';

const bounds: Bounds = { slots: { least: 3, most: 200 }, chunkSize: { least: 10, most: 100 }, claimSize: { least: 4, most: 200 } };
const start: Tuned = { slots: 12, chunkSize: 100, claimSize: 200 };

const calm: Measurements = {
  workers: 1,
  requests: 100,
  unanswered: 0,
  refused: 0,
  sinceRefusedMs: null,
  responseMs: 50,
  perSecond: 1000,
  waiting: 0,
  waitingChunks: 0,
  waitingMs: 0,
  saturation: 0.2,
  loopLagMs: 2,
  claimMs: 3,
};

const amount = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e7, noNaN: true }));
const maybe = fc.option(amount);
const anything: fc.Arbitrary<Measurements> = fc.record({
  workers: fc.nat(50),
  requests: fc.nat(100_000),
  unanswered: fc.nat(1000),
  refused: fc.oneof(fc.constant(0), fc.nat(1000)),
  sinceRefusedMs: maybe,
  responseMs: maybe,
  perSecond: amount,
  waiting: amount,
  waitingChunks: fc.nat(20_000),
  waitingMs: amount,
  saturation: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  loopLagMs: maybe,
  claimMs: maybe,
});
const within = ({ least, most }: { least: number; most: number }) => fc.integer({ min: least, max: most });
const anywhere: fc.Arbitrary<Tuned> = fc.record({
  slots: within(bounds.slots),
  chunkSize: within(bounds.chunkSize),
  claimSize: within(bounds.claimSize),
});

/** A provider that takes `responseMs` and refuses beyond `limit` recipients a second, and a machine that does `machine` a second at most. */
interface World {
  readonly responseMs: number;
  readonly limit: number;
  readonly machine: number;
}

/** `steps` steps with a queue that never ends. */
function run(world: World, steps: number, from: Tuned = start): { slots: number[]; refused: number[] } {
  let current = from;
  let memory: Memory = {};
  let sinceRefusedMs: number | null = null;
  const slots: number[] = [];
  const refusals: number[] = [];
  for (let i = 0; i < steps; i++) {
    const offered = Math.min(world.machine, (current.slots * 0.6 * current.chunkSize * 1000) / world.responseMs);
    const perSecond = Math.min(offered, world.limit);
    const refused = offered > world.limit ? Math.ceil((offered - world.limit) / 100) : 0;
    sinceRefusedMs = refused > 0 ? 0 : sinceRefusedMs === null ? null : sinceRefusedMs + 10_000;
    const step = tune(
      {
        ...calm,
        responseMs: world.responseMs,
        perSecond,
        refused,
        sinceRefusedMs,
        waiting: 1e6,
        waitingChunks: 1e4,
        waitingMs: 60_000,
        saturation: 0.7,
      },
      current,
      memory,
      bounds,
    );
    current = step.next;
    memory = step.memory;
    slots.push(current.slots);
    refusals.push(refused);
  }
  return { slots, refused: refusals };
}

describe('tune', () => {
  it('stays within its bounds, in whole numbers, and says why, whatever it is told', () => {
    fc.assert(
      fc.property(fc.array(anything, { minLength: 1, maxLength: 30 }), anywhere, (all, from) => {
        let current = from;
        let memory: Memory = {};
        for (const measured of all) {
          const step = tune(measured, current, memory, bounds);
          for (const field of ['slots', 'chunkSize', 'claimSize'] as const) {
            expect(Number.isInteger(step.next[field])).toBe(true);
            expect(step.next[field]).toBeGreaterThanOrEqual(bounds[field].least);
            expect(step.next[field]).toBeLessThanOrEqual(bounds[field].most);
            // Damped: never more than doubled.
            expect(step.next[field]).toBeLessThanOrEqual(current[field] * 2);
          }
          expect(step.reason).not.toBe('');
          ({ next: current, memory } = step);
        }
      }),
    );
  });

  it('never moves when there is nothing to go by', () => {
    fc.assert(
      fc.property(anything, anywhere, (measured, from) => {
        const silent = { ...measured, requests: 0, unanswered: 0, refused: 0 };
        expect(tune(silent, from, {}, bounds).next).toEqual(from);
        expect(tune({ ...measured, workers: 0 }, from, {}, bounds).next).toEqual(from);
      }),
    );
  });

  it('backs off when the provider refuses, and does not go up again within a minute', () => {
    fc.assert(
      fc.property(anything, anywhere, fc.integer({ min: 3, max: 1000 }), (measured, from, refused) => {
        const workers = Math.max(1, measured.workers);
        const { next } = tune({ ...measured, workers, refused }, from, {}, bounds);
        expect(next.slots).toBe(Math.max(bounds.slots.least, Math.floor(from.slots * 0.6)));
        const after = { ...measured, workers, refused: 0, sinceRefusedMs: 59_000 };
        expect(tune(after, from, {}, bounds).next.slots).toBeLessThanOrEqual(from.slots);
      }),
    );
  });

  it.each<[string, Partial<Measurements>]>([
    ['the event loop is late', { loopLagMs: 500 }],
    ['claims are slow', { claimMs: 2000 }],
    ['requests get no answer', { unanswered: 50 }],
  ])('goes down when %s, although deliveries wait', (_why, trouble) => {
    expect(tune({ ...calm, waiting: 1e6, saturation: 1, ...trouble }, start, {}, bounds).next.slots).toBeLessThan(start.slots);
  });

  it.each<[string, Partial<Measurements>]>([
    ['nothing waits', {}],
    ['what waits is nearly sent', { waiting: 1000, saturation: 1 }],
    ['slots are free', { waiting: 1e6, saturation: 0.3 }],
    ['the event loop is nearly late', { waiting: 1e6, saturation: 1, loopLagMs: 120 }],
  ])('moves nothing when %s', (_why, measured) => {
    expect(tune({ ...calm, ...measured }, start, {}, bounds).next).toEqual(start);
  });

  it('finds what a slow provider needs within a minute and a half, and then rests', () => {
    const { slots } = run({ responseMs: 2000, limit: Number.POSITIVE_INFINITY, machine: 1e9 }, 60);
    expect(slots[8]).toBe(200);
    expect(new Set(slots.slice(8))).toEqual(new Set([200]));
  });

  it('converges: with any provider and any machine it rests, but for one careful try in ten minutes', () => {
    const world = fc.record({
      responseMs: fc.integer({ min: 1, max: 5000 }),
      limit: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 100, max: 50_000 })),
      machine: fc.integer({ min: 500, max: 100_000 }),
    });
    fc.assert(
      fc.property(world, anywhere, (at, from) => {
        const { slots } = run(at, 240, from);
        const settled = slots.slice(60);
        const moves = settled.filter((value, i) => i > 0 && value !== settled[i - 1]).length;
        // 180 steps, half an hour: three tries, each a few rises and the way back.
        expect(moves).toBeLessThanOrEqual(30);
      }),
    );
  });

  it('takes back a rise that brought nothing', () => {
    const { slots } = run({ responseMs: 20, limit: Number.POSITIVE_INFINITY, machine: 20_000 }, 50);
    expect(slots[0]).toBe(24);
    expect(new Set(slots.slice(1))).toEqual(new Set([12]));
  });

  it('shares what waits among the workers, and makes requests smaller that come near their deadline', () => {
    const busy = { ...calm, workers: 4, waiting: 4000, waitingChunks: 40 };
    expect(tune(busy, start, {}, bounds).next.claimSize).toBe(100);
    expect(tune({ ...calm, responseMs: 15_000 }, start, {}, bounds).next.chunkSize).toBe(50);
    expect(tune({ ...calm, responseMs: 100 }, { ...start, chunkSize: 25 }, {}, bounds).next.chunkSize).toBe(50);
  });
});
