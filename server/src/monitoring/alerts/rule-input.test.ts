import { describe, expect, it } from 'vitest';
import { parseInput } from '../../errors/parse-input.js';
import { completeRule, newRuleSchema, ruleChangesSchema, ruleNameSchema, ruleSchema } from './rule-input.js';

const rule = {
  ...{ figure: 'queue_waiting', comparison: 'above', threshold: 50, clearThreshold: 25, forSeconds: 60, severity: 'warn', enabled: true },
  ...{ noData: 'ok', runbook: 'alerts.md#queue-backlog', command: 'todoku queue stats', summaryEn: 'Much waits', summaryJa: '待ちが多い' },
};

describe('a rule', () => {
  it('is taken when it makes sense', () => {
    expect(parseInput(ruleSchema, rule)).toEqual(rule);
    expect(parseInput(ruleSchema, { ...rule, clearThreshold: 50 })).toMatchObject({ clearThreshold: 50 });
    const share = { ...rule, figure: 'delivery_success_rate', comparison: 'below', threshold: 0.95, clearThreshold: 0.95 };
    expect(parseInput(ruleSchema, share)).toEqual(share);
  });

  it.each([
    ['figure', { figure: 'happiness' }],
    ['comparison', { comparison: 'near' }],
    ['threshold', { threshold: Number.NaN }],
    ['threshold', { threshold: Number.POSITIVE_INFINITY }],
    ['threshold', { threshold: -1, clearThreshold: -2 }],
    ['threshold', { threshold: '50' }],
    ['threshold', { figure: 'delivery_success_rate', threshold: 95, clearThreshold: 90 }],
    ['threshold', { figure: 'delivery_success_rate', threshold: 1, clearThreshold: 0.9 }],
    ['threshold', { comparison: 'below', threshold: 0, clearThreshold: 0 }],
    ['clearThreshold', { clearThreshold: 51 }],
    ['clearThreshold', { comparison: 'below', clearThreshold: 49 }],
    ['clearThreshold', { clearThreshold: -1 }],
    ['forSeconds', { forSeconds: -1 }],
    ['forSeconds', { forSeconds: 1.5 }],
    ['forSeconds', { forSeconds: 86_401 }],
    ['severity', { severity: 'panic' }],
    ['enabled', { enabled: 'yes' }],
    ['noData', { noData: 'guess' }],
    ['runbook', { runbook: 'https://evil.example/' }],
    ['runbook', { runbook: '../secrets.md' }],
    ['command', { command: 'todoku\nrm' }],
    ['summaryEn', { summaryEn: ' ' }],
    ['colour', { colour: 'red' }],
  ])('is refused for its %s: %j', (path, wrong) => {
    expect(() => parseInput(ruleSchema, { ...rule, ...wrong })).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', path }));
  });

  it('has a name that can be an anchor', () => {
    for (const name of ['', 'A', 'a_b', '-a', 'a-', 'a b', `a${'b'.repeat(64)}`])
      expect(ruleNameSchema.safeParse(name).success).toBe(false);
    expect(ruleNameSchema.parse('no-worker-alive')).toBe('no-worker-alive');
  });

  it('that is new borrows from its figure what it does not say', () => {
    const asked = parseInput(newRuleSchema, { figure: 'queue_waiting', comparison: 'above', threshold: 7 });
    expect(parseInput(ruleSchema, completeRule(asked))).toMatchObject({
      ...{ clearThreshold: 7, forSeconds: 60, severity: 'warn', enabled: true, noData: 'keep' },
      ...{ summaryEn: expect.stringMatching(/.+/) as string, summaryJa: expect.stringMatching(/.+/) as string },
    });
  });

  it('is changed by known fields only', () => {
    expect(() => parseInput(ruleChangesSchema, { name: 'x' })).toThrow(expect.objectContaining({ path: 'name' }));
    expect(parseInput(ruleChangesSchema, { threshold: 5 })).toEqual({ threshold: 5 });
  });
});
