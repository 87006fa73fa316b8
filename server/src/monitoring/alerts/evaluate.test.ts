import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AlertState, type Condition, evaluate, worse } from './evaluate.js';

const start = new Date('2026-06-01T00:00:00Z');
const at = (seconds: number): Date => new Date(start.getTime() + seconds * 1_000);
const rule: Condition = { comparison: 'above', threshold: 10, clearThreshold: 5, forSeconds: 60, noData: 'keep', enabled: true };

/** Every reading a second after the last; the phases that follow. */
function phases(condition: Condition, values: readonly (number | null | 'gone')[], stepSeconds = 30): string[] {
  let state: AlertState | null = null;
  return values.map((value, i) => {
    state = evaluate(condition, value === 'gone' ? 'gone' : { value }, state, at(i * stepSeconds)).state;
    return state.phase;
  });
}

describe('evaluate', () => {
  it('fires after its duration, stays in the band, and ends at the clear threshold', () => {
    expect(phases(rule, [1, 11, 12, 11, 9, 6, 5, 11])).toEqual([
      ...['inactive', 'pending', 'pending', 'firing', 'firing', 'firing', 'resolved', 'pending'],
    ]);
  });

  it('is the same the other way round', () => {
    const below: Condition = { ...rule, comparison: 'below', threshold: 0.95, clearThreshold: 0.96 };
    expect(phases(below, [0.95, 0.94, 0.94, 0.9, 0.955, 0.96])).toEqual([
      ...['inactive', 'pending', 'pending', 'firing', 'firing', 'resolved'],
    ]);
  });

  it('forgets a breach that did not last, also one that only came back into the band', () => {
    expect(phases(rule, [11, 9, 11, 11, 11])).toEqual(['pending', 'inactive', 'pending', 'pending', 'firing']);
  });

  it('fires at once without a duration', () => {
    expect(phases({ ...rule, forSeconds: 0 }, [11, 5, 11])).toEqual(['firing', 'resolved', 'firing']);
  });

  it('takes no data as the rule says', () => {
    expect(phases({ ...rule, noData: 'keep' }, [11, null, null, null, 11, null, 4])).toEqual([
      ...['pending', 'pending', 'pending', 'pending', 'firing', 'firing', 'resolved'],
    ]);
    expect(phases({ ...rule, noData: 'alert' }, [null, null, null, 1])).toEqual(['pending', 'pending', 'firing', 'resolved']);
    expect(phases({ ...rule, noData: 'ok' }, [11, 11, 11, null])).toEqual(['pending', 'pending', 'firing', 'resolved']);
  });

  it('says since when there is no data, and why it ended', () => {
    const firing: AlertState = { phase: 'firing', since: start, value: 11, noDataSince: null };
    const silent = evaluate(rule, { value: null }, firing, at(10)).state;
    expect(silent).toEqual({ ...firing, value: null, noDataSince: at(10) });
    expect(evaluate(rule, { value: null }, silent, at(20)).state.noDataSince).toEqual(at(10));
    expect(evaluate(rule, { value: 1 }, silent, at(20))).toMatchObject({ state: { noDataSince: null }, transition: { why: 'cleared' } });
    expect(evaluate({ ...rule, noData: 'alert' }, 'gone', firing, at(20)).transition).toEqual({
      from: 'firing',
      to: 'resolved',
      why: 'gone',
    });
    expect(evaluate({ ...rule, enabled: false }, { value: 99 }, firing, at(20)).transition?.why).toBe('disabled');
  });

  it('knows the worse of two values', () => {
    expect([
      worse('above', 1, 2),
      worse('below', 1, 2),
      worse('above', null, 2),
      worse('below', 1, null),
      worse('above', null, null),
    ]).toEqual([2, 1, 2, 1, null]);
  });
});

const conditions: fc.Arbitrary<Condition> = fc
  .record({
    comparison: fc.constantFrom('above' as const, 'below' as const),
    threshold: fc.integer({ min: -20, max: 20 }),
    band: fc.integer({ min: 0, max: 10 }),
    forSeconds: fc.integer({ min: 0, max: 100 }),
    noData: fc.constantFrom('ok' as const, 'alert' as const, 'keep' as const),
    enabled: fc.constant(true),
  })
  .map(({ band, ...one }) => ({ ...one, clearThreshold: one.threshold + (one.comparison === 'above' ? -band : band) }));
const steps = fc.array(
  fc.record({ seconds: fc.integer({ min: 0, max: 40 }), value: fc.option(fc.integer({ min: -30, max: 30 }), { freq: 5 }) }),
  { maxLength: 40 },
);

interface Step {
  readonly now: Date;
  readonly value: number | null;
  readonly before: AlertState | null;
  readonly after: AlertState;
}

/** With a restart between any two readings: the state is what was stored and nothing else. */
function walk(condition: Condition, walked: readonly { readonly seconds: number; readonly value: number | null }[]): Step[] {
  let state: AlertState | null = null;
  let now = start;
  return walked.map(({ seconds, value }) => {
    now = new Date(now.getTime() + seconds * 1_000);
    const before: AlertState | null = state === null ? null : revive(state);
    const after = evaluate(condition, { value }, before, now).state;
    state = after;
    return { now, value, before, after };
  });
}

const revive = (state: AlertState): AlertState => {
  const { since, noDataSince, ...rest } = JSON.parse(JSON.stringify(state)) as AlertState;
  return { ...rest, since: new Date(since), noDataSince: noDataSince === null ? null : new Date(noDataSince) };
};

describe('whatever the readings', () => {
  const sideOf = ({ comparison, threshold, clearThreshold }: Condition, value: number): 'bad' | 'good' | 'between' => {
    if (comparison === 'above' ? value > threshold : value < threshold) return 'bad';
    return (comparison === 'above' ? value <= clearThreshold : value >= clearThreshold) ? 'good' : 'between';
  };

  it('a value inside the band neither starts nor ends an alert', () => {
    fc.assert(
      fc.property(conditions, steps, (condition, walked) => {
        for (const { value, before, after } of walk(condition, walked)) {
          if (value === null || sideOf(condition, value) !== 'between') continue;
          expect(after.phase === 'firing').toBe(before?.phase === 'firing');
        }
      }),
    );
  });

  it('nothing fires before every reading of the whole duration was bad, and since is when it began', () => {
    fc.assert(
      fc.property(conditions, steps, (condition, walked) => {
        const taken = walk(condition, walked);
        taken.forEach(({ now, before, after }, i) => {
          if (after.phase !== 'firing' || before?.phase === 'firing') return;
          expect(after.since).toEqual(now);
          const from = condition.forSeconds === 0 ? now : (before?.since ?? now);
          expect(now.getTime() - from.getTime()).toBeGreaterThanOrEqual(condition.forSeconds * 1_000);
          const meanwhile = taken.slice(0, i + 1).filter((step) => step.now > from || step === taken[i]);
          for (const { value } of meanwhile) {
            if (value === null) expect(condition.noData).not.toBe('ok');
            else expect(sideOf(condition, value)).toBe('bad');
          }
        });
      }),
    );
  });

  it('since moves only with the phase, over restarts too', () => {
    fc.assert(
      fc.property(conditions, steps, (condition, walked) => {
        for (const { now, before, after } of walk(condition, walked)) {
          expect(after.since).toEqual(before?.phase === after.phase ? before.since : now);
        }
      }),
    );
  });

  it('a good value always ends it', () => {
    fc.assert(
      fc.property(conditions, steps, (condition, walked) => {
        for (const { value, after } of walk(condition, walked))
          if (value !== null && sideOf(condition, value) === 'good') expect(['inactive', 'resolved']).toContain(after.phase);
      }),
    );
  });
});
