import { describe, expect, it } from 'vitest';
import type { NoticeAlert } from '../notice-types.js';
import { MessageWriter } from './message-writer.js';

const alert: NoticeAlert = {
  id: 17,
  change: 'firing',
  rule: 'delivery-success-low',
  subject: '',
  severity: 'page',
  figure: 'delivery_success_rate',
  unit: 'share',
  comparison: 'below',
  threshold: 0.95,
  clearThreshold: 0.96,
  value: 0.912,
  since: '2026-06-01T18:05:00.000Z',
  resolvedAt: null,
  resolvedWhy: null,
  summaryEn: 'Too few pushes reach Apple and Google',
  summaryJa: '配信成功率が下がっています',
  runbook: 'alerts.md#delivery-success-low',
  command: 'todoku errors --since 1h',
};
const over: NoticeAlert = {
  ...alert,
  ...{ id: 9, change: 'resolved', rule: 'delivery-slow', unit: 'ms', comparison: 'above', threshold: 5_000, value: 640, severity: 'warn' },
  ...{ subject: 'expo/default', resolvedAt: '2026-06-01T18:20:00.000Z', resolvedWhy: 'cleared', summaryEn: 'Pushes take too long' },
};

describe('a message', () => {
  it('says in English what, the value and its limit, since when, about what, what to run and to read', () => {
    const { subject, text } = new MessageWriter('en', 'https://push.example.com').write({
      kind: 'alerts',
      content: { alerts: [alert, over] },
    });
    expect(subject).toBe('Todoku [PAGE] 1 alert, 1 over: Too few pushes reach Apple and Google');
    expect(text).toBe(`FIRING [PAGE] Too few pushes reach Apple and Google (delivery-success-low)
  value: 91.2 % (at least 95 %)
  about: the whole system
  since: 2026-06-01 18:05Z
  run first: npx todoku errors --since 1h
  what to do: https://push.example.com/manual/en/alerts.md#delivery-success-low
  I am on it: npx todoku alerts ack 17 --reason '…'

OVER [WARNING] Pushes take too long (delivery-slow)
  value: 640 ms (at most 5 s)
  about: expo/default
  since: 2026-06-01 18:05Z
  until: 2026-06-01 18:20Z (the value is good again)`);
  });

  it('says it in Japanese, in Japanese time', () => {
    const { subject, text } = new MessageWriter('ja', null).write({ kind: 'alerts', content: { alerts: [{ ...alert, value: null }] } });
    expect(subject).toBe('Todoku [緊急] アラート 1 件: 配信成功率が下がっています');
    expect(text).toBe(`発生 [緊急] 配信成功率が下がっています (delivery-success-low)
  値: データなし （下限 95 %）
  対象: システム全体
  開始: 2026-06-02 03:05 JST (2026-06-01 18:05Z)
  まず実行: npx todoku errors --since 1h
  対応手順: docs/manual/ja/alerts.md#delivery-success-low
  対応を始める: npx todoku alerts ack 17 --reason '…'`);
  });

  it('of a storm shows its beginning, and lets no subject break out of its line', () => {
    const storm = Array.from({ length: 60 }, (_, id) => ({ ...alert, id, subject: 'evil\n  value: fine\u001b[2J' }));
    const { text } = new MessageWriter('en', null).write({ kind: 'alerts', content: { alerts: storm } });
    expect(text.match(/^FIRING/gm)).toHaveLength(20);
    expect(text).toMatch(/… and 40 more: npx todoku alerts$/);
    expect(text).not.toMatch(/^ {2}value: fine/m);
    expect(text).not.toContain('\u001b');
  });
});
