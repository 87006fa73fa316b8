import { describe, expect, it } from 'vitest';
import type { LedgerRow } from '../../monitoring/ledger-types.js';
import type { Reconciliation } from '../../monitoring/reconciler.js';
import type { SystemStatus } from '../../monitoring/system-status.js';
import { en } from '../messages/en.js';
import { ja } from '../messages/ja.js';
import { renderLedger } from './ledger.js';
import { renderProof } from './reconcile.js';
import { renderStatus } from './status.js';

const at = new Date('2026-08-01T09:00:00Z');

const proof: Reconciliation = {
  ...{ at, fromHour: new Date('2026-08-01T07:00:00Z'), toHour: new Date('2026-08-01T10:00:00Z'), durationMs: 12, complete: true },
  ...{ notifications: 1200, deliveries: 1500, unaccounted: 0, untaken: 0, findings: [] },
};

const row: LedgerRow = {
  ...{ hour: null, broadcastId: null, accepted: 1200, outbox: 1, held: 2, suppressed: { no_token: 7 }, planned: 1190, deliveries: 1500 },
  ...{
    queued: 1,
    delayed: 0,
    parked: 0,
    sending: 0,
    awaitingReceipt: 9,
    ended: { accepted_by_platform: 1490 },
    resentUnknown: 0,
    unaccounted: 0,
  },
};

describe('the ledger', () => {
  it('says on its first line that nothing is unaccounted for, and when that was proved', () => {
    const [first, second] = renderLedger({ at, by: 'total', rows: [row] }, proof, en).split('\n');
    expect(first).toBe('0 unaccounted (proved 2026-08-01 09:00:00Z)');
    expect(second).toContain('1,200 notifications and 1,500 deliveries');
    expect(renderLedger({ at, by: 'total', rows: [row] }, proof, ja)).toMatch(
      /^0 unaccounted・行方不明 0 件 \(2026-08-01 09:00:00Z に証明済み\)\n/,
    );
  });

  it('says it loudly when something is', () => {
    const broken = { ...row, unaccounted: 1234 };
    expect(renderLedger({ at, by: 'total', rows: [broken] }, null, en)).toMatch(/^1,234 UNACCOUNTED \(not proved yet/);
    expect(renderLedger({ at, by: 'hour', rows: [broken, { ...row, unaccounted: 1 }] }, proof, en)).toMatch(/^1,235 UNACCOUNTED /);
    expect(renderLedger({ at, by: 'total', rows: [row] }, { ...proof, unaccounted: 3 }, en)).toMatch(
      /^0 unaccounted \(THE PROOF OF .* FOUND 3/,
    );
  });

  it('shows reasons and final states by their names', () => {
    const text = renderLedger({ at, by: 'total', rows: [row] }, proof, en);
    expect(text).toMatch(/^ {2}suppressed: no_token +7$/m);
    expect(text).toMatch(/^ {2}accepted_by_platform +1,490$/m);
    expect(renderLedger({ at, by: 'broadcast', rows: [{ ...row, broadcastId: 12 }] }, proof, en)).toMatch(
      /^ +12 +1,200 .*accepted_by_platform 1,490$/m,
    );
    expect(renderLedger({ at, by: 'hour', rows: [] }, proof, en)).toContain('None.');
  });
});

describe('a proof', () => {
  it('names what it found', () => {
    const findings = [
      { kind: 'delivery_lost', n: 7, ids: ['1', '2', '3', '4', '5', '6', '7'] },
      { kind: 'ledger:planned', n: 2, ids: [], hour: '2026-08-01T09:00:00.000Z', said: 12, found: 10 },
      { kind: 'untaken', n: 4, ids: ['a'] },
    ];
    expect(renderProof({ ...proof, unaccounted: 9, untaken: 4, findings }, en).split('\n')).toEqual([
      '9 UNACCOUNTED',
      '  delivery_lost 7: 1, 2, 3, 4, 5 …',
      '  ledger:planned 2 2026-08-01T09:00:00.000Z: 12 <> 10',
      '4 never entered the outbox, because the trigger was off (`todoku queue catch-up` takes them in)',
    ]);
  });

  it('proves nothing when it did not come to its end', () => {
    expect(renderProof({ ...proof, complete: false }, en)).toMatch(/^NOTHING IS PROVED/);
  });
});

describe('the status', () => {
  const controls = { paused: false, pausedAt: null, pausedBy: null, pausedReason: null, emergency: false, emergencyAt: null };
  const worker = { id: 'a:1', host: 'a', pid: 1, roles: ['worker'], version: '1', state: 'alive', startedAt: at, heartbeatAt: at } as const;
  const project = {
    id: 1,
    provider: 'expo',
    name: 'default',
    rateBudget: 600,
    paused: false,
    pausedAt: null,
    pausedBy: null,
    pausedReason: null,
    breaker: 'closed',
    breakerReason: null,
  } as const;
  const calm: SystemStatus = {
    at,
    controls: { ...controls, emergencyBy: null, emergencyReason: null, pushesEnabled: true, updatedAt: at },
    triggerEnabled: true,
    workers: [worker],
    queue: [{ lane: 2, state: 'delayed', chunks: 3, deliveries: 300, oldest: at }],
    projects: [{ ...project, breakerOpenedAt: null, breakerProbeAt: null, backoffUntil: null, frozenAt: null, frozenReason: null }],
    waiting: { outbox: 0, outboxOldest: null, held: 5, nextRelease: at, receipts: 7, receiptsDue: 1, receiptsOldest: at },
  };
  const firstLines = (status: SystemStatus): string[] => renderStatus(status, en).split('\n\n')[0]?.split('\n') ?? [];

  it('begins with what stops pushes, who did it, and why', () => {
    expect(firstLines(calm)).toEqual(['Sending.']);
    const stopped = {
      ...calm,
      workers: [{ ...worker, state: 'silent' as const }],
      triggerEnabled: false,
      controls: {
        ...calm.controls,
        ...{ paused: true, pausedBy: 'cli:mei', pausedAt: at, pausedReason: 'a\ndrill' },
        ...{ emergency: true, emergencyBy: 'key:1', emergencyAt: at, emergencyReason: 'wrong text', pushesEnabled: false },
      },
    };
    expect(firstLines(stopped)).toEqual([
      'EMERGENCY STOP by key:1 at 2026-08-01 09:00:00Z: wrong text',
      'PAUSED by cli:mei at 2026-08-01 09:00:00Z: a\ufffddrill',
      'PUSHES ARE SWITCHED OFF.',
      'THE TRIGGER IS OFF: new rows become no pushes.',
      'NO WORKER IS ALIVE.',
    ]);
  });

  it('shows breaker, freeze and queue', () => {
    const ill = {
      ...calm.projects[0],
      breaker: 'open',
      breakerReason: 'InvalidCredentials',
      breakerProbeAt: at,
      frozenAt: at,
      frozenReason: '9 of 10',
    };
    const text = renderStatus({ ...calm, projects: [ill as SystemStatus['projects'][number]] }, en);
    expect(text).toContain('OPEN (InvalidCredentials), next probe 2026-08-01 09:00:00Z');
    expect(text).toContain('FROZEN: 9 of 10');
    expect(text).toMatch(/bulk +delayed +3 +300 /);
  });
});
