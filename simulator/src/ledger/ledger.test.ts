import { describe, expect, it } from 'vitest';
import { messagesTo, send, token } from '../../test/support/raw-http.js';
import { simulators } from '../../test/support/simulator.js';

const start = simulators();

function message(to: string, deliveryId: string, extra: object = {}): object {
  return { to: token(to), data: { _deliveryId: deliveryId }, ...extra };
}

describe('the full ledger', () => {
  it('knows what was lost, doubled and unexpected', async () => {
    const { url, control } = await start();
    await send(url, [message('a', 'd1'), message('b', 'd2'), { to: token('c') }]);
    await send(url, [message('a', 'd1'), message('a', 'd9')]);
    expect(control.judge(['d1', 'd2', 'd3'])).toEqual({
      expected: 3,
      lost: ['d3'],
      duplicated: [{ deliveryId: 'd1', hits: 2 }],
      unexpected: ['d9'],
      withoutDeliveryId: 1,
    });
    expect(control.hits()).toEqual(
      new Map([
        ['d1', 2],
        ['d2', 1],
        ['d9', 1],
      ]),
    );
  });

  it('does not count what was refused by its ticket', async () => {
    const { url, control } = await start();
    control.setToken(token('a'), { behaviour: 'dead_at_ticket' });
    await send(url, [message('a', 'd1'), message('b', 'd2')]);
    expect(control.judge(['d1', 'd2']).lost).toEqual(['d1']);
    expect(control.entries()).toHaveLength(2);
  });

  it('knows the order in which a device was sent to', async () => {
    const { url, control } = await start();
    for (const id of ['d3', 'd1', 'd2']) await send(url, [message('a', id), message('b', `other ${id}`)]);
    expect(control.takenBy(token('a')).map((entry) => entry.deliveryId)).toEqual(['d3', 'd1', 'd2']);
  });

  it('shows what a device shows: collapseId replaces on iOS, tag on Android', async () => {
    const { url, control } = await start();
    control.setToken(token('android'), { platform: 'android' });
    for (const device of ['ios', 'android']) {
      await send(url, [message(device, 'd1', { collapseId: 'x' }), message(device, 'd2', { collapseId: 'x' })]);
      await send(url, [
        message(device, 'd3', { tag: 'y' }),
        message(device, 'd4', { tag: 'y' }),
        message(device, 'd5'),
        message(device, 'd5'),
      ]);
    }
    const shown = (device: string): unknown[] => control.shownOn(token(device)).map((entry) => entry.deliveryId);
    expect(shown('ios')).toEqual(['d2', 'd3', 'd4', 'd5', 'd5']);
    expect(shown('android')).toEqual(['d1', 'd2', 'd4', 'd5', 'd5']);
  });
});

describe('memory', () => {
  it('holds the last recipients only in counts mode, and all counters', async () => {
    const { url, control } = await start({ ledger: 'counts', recent: 5, rate: null });
    await send(url, messagesTo(100));
    expect(control.entries().map((entry) => entry.deliveryId)).toEqual(['d95', 'd96', 'd97', 'd98', 'd99']);
    for (let n = 0; n < 4; n += 1) await send(url, [message('x', `x${n}`)]);
    expect(control.entries().map((entry) => entry.deliveryId)).toEqual(['d99', 'x0', 'x1', 'x2', 'x3']);
    expect(control.stats()).toMatchObject({ accepted: 104, requests: 5, tickets: { ok: 104 } });
  });

  it.each([{ ledger: 'off' } as const, { ledger: 'counts', recent: 0 } as const])('holds nothing with %j', async (options) => {
    const { url, control } = await start(options);
    await send(url, messagesTo(3));
    expect(control.entries()).toEqual([]);
    expect(control.stats().accepted).toBe(3);
  });
});
