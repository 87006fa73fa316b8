import { afterEach, expect } from 'vitest';
import type { ReceiptsResult, RecipientOutcome, SendResult } from '../../src/providers/provider.js';
import type { ProviderFactory, ProviderUnderTest } from './provider-under-test.js';

/** A deadline that nothing here needs, and one that is meant to pass. */
export const ample = 20_000;
export const short = 150;

/** Starts subjects inside a `describe`, and stops them after each test. */
export function subjects<Batch, Receipts>(factory: ProviderFactory<Batch, Receipts>): () => Promise<ProviderUnderTest<Batch, Receipts>> {
  const started: ProviderUnderTest<Batch, Receipts>[] = [];
  afterEach(async () => {
    for (const subject of started.splice(0)) {
      await subject.provider.close();
      await subject.stop();
    }
  });
  return async () => {
    const subject = await factory.start();
    started.push(subject);
    return subject;
  };
}

export function outcomesOf(result: SendResult): readonly RecipientOutcome[] {
  if (result.kind !== 'answered') throw new Error(`expected an answer, got ${result.kind} ${result.code}`);
  return result.outcomes;
}

export const kinds = (outcomes: readonly RecipientOutcome[]): string[] => outcomes.map(({ kind }) => kind);

/** With one request a recipient, "ambiguous" stands in the outcome instead. */
export function expectAmbiguous(result: SendResult): void {
  expect(result.kind === 'answered' ? kinds(result.outcomes) : [result.kind]).toEqual(['ambiguous']);
}

export function ticketsOf(result: SendResult): string[] {
  return outcomesOf(result).map((outcome) => {
    if (outcome.kind !== 'accepted' || outcome.ticketId === null) throw new Error(`expected a ticket, got ${outcome.kind}`);
    return outcome.ticketId;
  });
}

export function receiptsOf(result: ReceiptsResult): Extract<ReceiptsResult, { kind: 'answered' }>['receipts'] {
  if (result.kind !== 'answered') throw new Error(`expected receipts, got ${result.code}`);
  return result.receipts;
}
