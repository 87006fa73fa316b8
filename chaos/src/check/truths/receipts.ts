import type { DatabaseFacts, Step } from '../database/facts.js';
import { ACCEPTED_BY_PLATFORM, ACKED_BY_DEVICE, FAILED, QUEUED, RECEIPT_MISSING, stateName } from '../states.js';
import type { Judgement } from '../verdict.js';

/**
 * The simulator writes the receipt that a ticket will have into the ticket's id, as the two digits after its run: the place in this list. The
 * product cannot read it; the checker can.
 */
const kinds = [
  'ok',
  'DeviceNotRegistered',
  'BadDeviceToken',
  'MessageTooBig',
  'MessageRateExceeded',
  'MismatchSenderId',
  'InvalidCredentials',
  'ProviderError',
  'ExpoError',
  'without_details',
  'unknown_code',
  'never',
] as const;

export type ReceiptKind = (typeof kinds)[number];

export function receiptOf(ticketId: string): ReceiptKind | null {
  const [, place = ''] = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-([0-9a-f]{2})[0-9a-f]{10}$/.exec(ticketId) ?? [];
  return kinds[Number.parseInt(place, 16)] ?? null;
}

const afterOk: ReadonlySet<number> = new Set([ACCEPTED_BY_PLATFORM, ACKED_BY_DEVICE, RECEIPT_MISSING]);

/** What came after a ticket is what its receipt said. */
export function judgeReceipts(judgement: Judgement, database: DatabaseFacts): void {
  for (const [deliveryId, steps] of database.steps) {
    for (const [i, step] of steps.entries()) {
      const next = steps[i + 1];
      if (step.ticketId === null || next === undefined || step.state !== 10) continue;
      judgement.examined();
      const wrong = whatIsWrong(receiptOf(step.ticketId), next);
      if (wrong !== null) judgement.found('receipt_misread', `delivery ${deliveryId}: ${wrong}`);
    }
  }
}

function whatIsWrong(kind: ReceiptKind | null, { state, code }: Step): string | null {
  // The device's own word comes whenever it likes.
  if (kind === null || state === ACKED_BY_DEVICE) return null;
  const said = `the receipt said ${kind}, then came ${stateName(state)}${code === null ? '' : ` (${code})`}`;
  if (kind === 'ok') return afterOk.has(state) ? null : said;
  if (kind === 'never') return state === RECEIPT_MISSING ? null : said;
  if (state !== FAILED && state !== QUEUED && state !== RECEIPT_MISSING) return said;
  if (kind === 'DeviceNotRegistered') return state === FAILED && code === 'DeviceNotRegistered' ? null : said;
  return code === 'DeviceNotRegistered' ? said : null;
}
