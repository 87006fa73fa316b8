import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseInput } from '../src/errors/parse-input.js';
import { formatLimit, formatValue } from '../src/monitoring/alerts/message/format-value.js';
import { englishWords } from '../src/monitoring/alerts/message/message-words.js';
import { MessageWriter } from '../src/monitoring/alerts/message/message-writer.js';
import { signWebhook, webhookKey } from '../src/monitoring/alerts/routes/sign-webhook.js';
import { webhookBody } from '../src/monitoring/alerts/routes/webhook-route.js';
import { readRules, type StoredRule } from '../src/monitoring/alerts/rule-book.js';
import { figureNamed, ruleSchema } from '../src/monitoring/alerts/rule-input.js';
import { type TestDatabase, testDatabase } from './support/database.js';

const page = readFileSync(new URL('../../docs/alerts.md', import.meta.url), 'utf8');
let db: TestDatabase;
let rules: StoredRule[];

beforeAll(async () => {
  db = await testDatabase();
  rules = await readRules(db.database);
});
afterAll(() => db.close());

describe('docs/alerts.md', () => {
  it('lists the rules that come with the system', () => {
    const rows = rules.map((rule) => {
      const unit = figureNamed(rule.figure)?.unit ?? 'count';
      const limit = formatLimit(rule.comparison, rule.threshold, unit, englishWords);
      const over = formatValue(rule.clearThreshold, unit, englishWords);
      const cells = [`\`${rule.name}\``, `\`${rule.figure}\` ${limit}`, over, `${rule.forSeconds} s`];
      return `| ${[...cells, rule.severity, rule.noData, rule.summaryEn].join(' | ')} |`;
    });
    // When this fails, put the expected lines into the page.
    expect(page.split('\n').filter((line) => line.startsWith('| `'))).toEqual(rows);
  });

  it('shows a signature as it really is', () => {
    const secret = /`(whsec_[^`]+)` *\. An/.exec(page)?.[1] ?? /secret `(whsec_[^`]+)`/.exec(page)?.[1] ?? '';
    const body = /```json\n(.+)\n```/.exec(page)?.[1] ?? '';
    const headers = Object.fromEntries([...page.matchAll(/^(webhook-[a-z]+): (.+)$/gm)].map(([, name, value]) => [name, value]));
    const key = webhookKey(secret);
    if (key === null) throw new Error('no key on the page');
    const at = new Date('2026-06-01T00:00:00Z');
    const id = headers['webhook-id'] ?? '';
    expect(webhookBody({ id, kind: 'test', createdAt: at, content: { alerts: [] } }, new MessageWriter('en', null))).toBe(body);
    expect(signWebhook(key, { id, at, body })).toEqual(headers);
    vi.useFakeTimers({ now: at });
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual(JSON.parse(body));
    vi.useRealTimers();
  });
});

describe('the rules that come with the system', () => {
  it('would be taken from an operator as they are, and say what to do in both languages', () => {
    for (const { name, shipped, updatedAt: _, ...rule } of rules) {
      expect({ name, rule: parseInput(ruleSchema, rule) }).toEqual({ name, rule });
      expect({ name, shipped, runbook: rule.runbook }).toEqual({ name, shipped: true, runbook: `alerts.md#${name}` });
      expect(rule.summaryJa).toMatch(/[ぁ-んァ-ヶ一-龠]/);
      expect(rule.command).toMatch(/^todoku [a-z]/);
    }
  });
});
