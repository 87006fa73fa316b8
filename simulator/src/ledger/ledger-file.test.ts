import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { messagesTo, send, tickets, token } from '../../test/support/raw-http.js';
import { simulators } from '../../test/support/simulator.js';
import { LedgerFile, readLedgerFile } from './ledger-file.js';

const start = simulators();
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simulator-ledger-'));
  path = join(folder, 'ledger.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

describe('a ledger file', () => {
  it('holds a line for each recipient before the answer leaves', async () => {
    const { url, control } = await start({ ledgerFile: path });
    control.setToken(token('t1'), { behaviour: 'dead_at_ticket' });
    for (let n = 1; n <= 5; n += 1) {
      await send(url, messagesTo(3));
      expect(await readLedgerFile(path)).toHaveLength(n * 3);
    }
    expect(await readLedgerFile(path)).toEqual(control.entries());
    const [taken, refused] = await readLedgerFile(path);
    expect(taken).toEqual({
      run: expect.any(String),
      request: 1,
      tMono: expect.any(Number),
      tWall: expect.any(Number),
      project: '@todoku/sandbox',
      fault: null,
      token: token('t0'),
      platform: 'ios',
      deliveryId: 'd0',
      titleHash: '185f8db32271fe25',
      collapseId: null,
      tag: null,
      accepted: true,
      answer: 'ok',
      ticketId: expect.any(String),
    });
    expect(refused).toMatchObject({ accepted: false, answer: 'DeviceNotRegistered', ticketId: null });
  });

  it('holds what was taken before a connection was broken', async () => {
    const { url, control } = await start({ ledgerFile: path });
    control.addFault({ kind: 'accept_then_reset' });
    await expect(send(url, messagesTo(2))).rejects.toThrow();
    expect((await readLedgerFile(path)).map(({ deliveryId, fault }) => [deliveryId, fault])).toEqual([
      ['d0', 'accept_then_reset'],
      ['d1', 'accept_then_reset'],
    ]);
  });

  it('loses nothing of many requests at once', async () => {
    const { url } = await start({ ledgerFile: path, rate: null });
    await Promise.all(Array.from({ length: 40 }, () => tickets(url, messagesTo(10))));
    const entries = await readLedgerFile(path);
    expect(entries).toHaveLength(400);
    expect(new Set(entries.map((entry) => entry.ticketId)).size).toBe(400);
  });

  it('goes on after a restart, past a line torn by a crash', async () => {
    const first = await start({ ledgerFile: path });
    await send(first.url, messagesTo(1));
    await first.close();
    await appendFile(path, '{"run":"abc","request":2,"tok');
    const second = await start({ ledgerFile: path });
    await send(second.url, messagesTo(1));
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(4);
    expect((await readLedgerFile(path)).map((entry) => entry.request)).toEqual([1, 1]);
  });

  it('that cannot be opened stops the start', async () => {
    await expect(start({ ledgerFile: join(folder, 'missing', 'ledger.jsonl') })).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('writing', () => {
  it('gathers what comes during a write into one more write, and reports only what is on disk', async () => {
    const events: string[] = [];
    let finishSync = (): void => {};
    const target = {
      appendFile: async (lines: unknown) => void events.push(`append ${String(lines)}`),
      datasync: () => new Promise<void>((resolve) => (finishSync = resolve)),
      close: async () => {},
    };
    const file = new LedgerFile(target, () => {});
    for (const name of ['a', 'b', 'c']) file.append(name, () => events.push(`durable ${name}`));
    await expect.poll(() => events).toEqual(['append a']);
    finishSync();
    await expect.poll(() => events).toEqual(['append a', 'durable a', 'append bc']);
    finishSync();
    await file.close();
    expect(events.slice(3)).toEqual(['durable b', 'durable c']);
  });

  it('reports nothing any more once the disk failed', async () => {
    const failed: string[] = [];
    const target = {
      appendFile: () => Promise.reject(new Error('no space left')),
      datasync: async () => {},
      close: async () => {},
    };
    const file = new LedgerFile(target, (error) => failed.push(error.message));
    const durable: string[] = [];
    file.append('a', () => durable.push('a'));
    await expect.poll(() => failed).toEqual(['no space left']);
    file.append('b', () => durable.push('b'));
    await file.close();
    expect([failed, durable]).toEqual([['no space left'], []]);
  });
});
