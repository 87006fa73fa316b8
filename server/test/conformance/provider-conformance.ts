import { describe, expect, it, vi } from 'vitest';
import { ample, expectAmbiguous, kinds, outcomesOf, receiptsOf, short, subjects, ticketsOf } from './provider-results.js';
import type { AnyProvider, BatchProvider, ReceiptProvider, RecipientSituation } from './provider-under-test.js';

/** What every provider has to keep, whatever its service does. */
export function describeProvider(factory: AnyProvider): void {
  const start = subjects(factory);

  describe('answered', () => {
    it('accepts live devices, and the service has them in the order given', async () => {
      const { provider, messages, taken } = await start();
      const batch = messages(provider.limits.recipients);
      expect(kinds(outcomesOf(await provider.send(batch, ample)))).toEqual(batch.map(() => 'accepted'));
      expect(taken()).toEqual(batch.map(({ deliveryId }) => deliveryId));
    });

    it('sends nothing for nothing', async () => {
      const { provider, requests } = await start();
      expect(outcomesOf(await provider.send([], ample))).toEqual([]);
      expect(receiptsOf(await provider.receipts([], ample)).size).toBe(0);
      expect(requests()).toBe(0);
    });

    it.each<RecipientSituation>(['token_fault', 'message_fault', 'project_fault', 'transient'])(
      'gives a %s to the one whose it is',
      async (situation) => {
        const { provider, messages, recipient, taken } = await start();
        const batch = messages(Math.min(7, provider.limits.recipients));
        const struck = batch.filter((_, place) => place % 3 === 0);
        for (const message of struck) recipient(message, situation);
        const outcomes = outcomesOf(await provider.send(batch, ample));
        expect(kinds(outcomes)).toEqual(batch.map((message) => (struck.includes(message) ? situation : 'accepted')));
        for (const outcome of outcomes) if (outcome.kind !== 'accepted') expect(outcome.code).not.toBe('');
        expect(taken()).toEqual(batch.filter((message) => !struck.includes(message)).map(({ deliveryId }) => deliveryId));
      },
    );

    it('keeps requests apart that are under way together', async () => {
      const { provider, messages, recipient } = await start();
      const size = Math.min(3, provider.limits.recipients);
      const all = messages(size * 20);
      const batches = Array.from({ length: 20 }, (_, n) => all.slice(n * size, (n + 1) * size));
      for (const [n, [first]] of batches.entries()) if (n % 2 === 0 && first !== undefined) recipient(first, 'token_fault');
      const results = await Promise.all(batches.map((batch) => provider.send(batch, ample)));
      const firsts = results.map((result) => outcomesOf(result)[0]?.kind);
      expect(firsts).toEqual(batches.map((_, n) => (n % 2 === 0 ? 'token_fault' : 'accepted')));
    });
  });

  describe('refused: nothing was taken', () => {
    it('waits as long as the service asks', async () => {
      const { provider, messages, next, taken } = await start();
      next.rateLimited();
      expect(await provider.send(messages(1), ample)).toMatchObject({ kind: 'transient', retryAfterMs: 7_000, wholeProject: true });
      expect(taken()).toEqual([]);
    });

    it('calls bad credentials a fault of the project', async () => {
      const { provider, messages, next, taken } = await start();
      next.credentialsRefused();
      expect(await provider.send(messages(1), ample)).toMatchObject({ kind: 'project_fault' });
      expect(taken()).toEqual([]);
    });

    it('knows an unreachable service from a silent one', async () => {
      const { messages } = await start();
      const unreachable = await factory.unreachable();
      expect(await unreachable.send(messages(1), ample)).toMatchObject({ kind: 'transient', httpStatus: null, wholeProject: false });
      await unreachable.close();
    });
  });

  describe('unknown: it may have been taken', () => {
    it.each(['internalError', 'gatewayError', 'resetAfterTaking', 'cutShort', 'endlessAnswer', 'compressedBomb', 'nonsense'] as const)(
      'is ambiguous after %s, and goes on',
      async (situation) => {
        const { provider, messages, next } = await start();
        next[situation]();
        expectAmbiguous(await provider.send(messages(1), ample));
        expect(kinds(outcomesOf(await provider.send(messages(1), ample)))).toEqual(['accepted']);
      },
    );

    it.each(['silence', 'drip'] as const)('is ambiguous when %s outlasts the deadline, and goes on', async (situation) => {
      const { provider, messages, next } = await start();
      next[situation]();
      expectAmbiguous(await provider.send(messages(1), short));
      expect(kinds(outcomesOf(await provider.send(messages(1), ample)))).toEqual(['accepted']);
    });
  });

  it('waits for what is under way when it closes, and sends nothing more', async () => {
    const { provider, messages, next, requests } = await start();
    next.slow();
    const underWay = provider.send(messages(1), ample);
    await vi.waitFor(() => expect(requests()).toBe(1));
    const closed = provider.close();
    expect(await provider.send(messages(1), ample)).toMatchObject({ kind: 'transient', wholeProject: false });
    await closed;
    expect(kinds(outcomesOf(await underWay))).toEqual(['accepted']);
    expect(requests()).toBe(1);
    await provider.close();
  });

  it('closes by the deadline of what is under way', async () => {
    const { provider, messages, next, requests } = await start();
    next.silence();
    const underWay = provider.send(messages(1), short);
    await vi.waitFor(() => expect(requests()).toBe(1));
    await provider.close();
    expectAmbiguous(await underWay);
  });

  it('knows the form of its own tokens', async () => {
    const { provider, messages } = await start();
    for (const { token } of messages(3)) expect(provider.isToken(token)).toBe(true);
    for (const strange of ['', ' ', 'x\0', '\ud800', 'x'.repeat(10_000)]) expect(provider.isToken(strange)).toBe(false);
  });
}

/** For providers that send several messages in one request. */
export function describeBatches(factory: BatchProvider): void {
  const start = subjects(factory);

  it('isolates when one message spoils the request', async () => {
    const { provider, messages, nextBatch, taken } = await start();
    nextBatch.refusedForOneMessage();
    expect(await provider.send(messages(3), ample)).toMatchObject({ kind: 'isolate' });
    expect(taken()).toEqual([]);
  });

  it('isolates when there are more messages than one request takes', async () => {
    const { provider, messages, taken } = await start();
    expect(await provider.send(messages(provider.limits.recipients + 1), ample)).toMatchObject({ kind: 'isolate' });
    expect(taken()).toEqual([]);
  });

  it('regroups when tokens are of several projects', async () => {
    const { provider, messages, nextBatch, taken } = await start();
    const batch = messages(3);
    nextBatch.mixedProjects(batch);
    const result = await provider.send(batch, ample);
    if (result.kind !== 'regroup') throw new Error(`expected regroup, got ${result.kind}`);
    const [first, second, third] = batch.map(({ token }) => result.projectOfToken.get(token));
    expect(first).not.toBe(second);
    expect(second).toBe(third);
    expect(taken()).toEqual([]);
  });

  it.each(['oneAnswerTooFew', 'oneAnswerTooMany'] as const)('is ambiguous as a whole with %s', async (situation) => {
    const { provider, messages, nextBatch } = await start();
    nextBatch[situation]();
    expect(await provider.send(messages(3), ample)).toMatchObject({ kind: 'ambiguous' });
  });
}

/** For providers with receipts. */
export function describeReceipts(factory: ReceiptProvider): void {
  const start = subjects(factory);

  it('come for what was accepted, by its ticket', async () => {
    const { provider, messages, receipts } = await start();
    const said = ['token_fault', 'message_fault', 'project_fault', 'transient', 'none'] as const;
    const batch = messages(said.length + 1);
    for (const [n, message] of batch.entries()) {
      const receipt = said[n];
      if (receipt !== undefined) receipts.of(message, receipt);
    }
    const tickets = ticketsOf(await provider.send(batch, ample));
    const got = receiptsOf(await provider.receipts([...tickets, 'never-given-out'], ample));
    expect(tickets.map((ticket) => got.get(ticket)?.kind ?? 'none')).toEqual([...said, 'accepted']);
    expect(got.has('never-given-out')).toBe(false);
  });

  it('leave out what nobody asked for', async () => {
    const { provider, messages, receipts } = await start();
    const tickets = ticketsOf(await provider.send(messages(1), ample));
    receipts.unasked();
    expect([...receiptsOf(await provider.receipts(tickets, ample)).keys()]).toEqual(tickets);
  });

  it('can be asked for again when no answer came', async () => {
    const { provider, receipts } = await start();
    receipts.silence();
    expect(await provider.receipts(['any'], short)).toMatchObject({ kind: 'transient' });
    expect(receiptsOf(await provider.receipts(['any'], ample)).size).toBe(0);
  });
}
