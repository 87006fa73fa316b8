import type { Receipt, ReceiptsResult } from '../provider.js';
import { asFields, field } from './answer-fields.js';
import { deliveryFault } from './delivery-faults.js';
import { errorList, readRequestError } from './request-errors.js';

/**
 * Reads the answer to getReceipts. Asking again harms nothing, so whatever is not understood is `transient`; only what an operator
 * has to mend (credentials, base URL) is a project fault.
 */
export function classifyReceipts(
  { status, answer, retryAfterMs }: { readonly status: number; readonly answer: unknown; readonly retryAfterMs: number | null },
  asked: readonly string[],
): ReceiptsResult {
  const receipts = asFields(field(answer, 'data'));
  if (status === 200 && receipts !== null) return { kind: 'answered', receipts: receiptsAskedFor(receipts, asked) };
  if (status === 200 && errorList(answer).length === 0) return { kind: 'transient', code: 'RECEIPTS_UNREADABLE', retryAfterMs };
  const { reaction, code } = readRequestError(status, answer);
  return { kind: reaction === 'project_fault' ? 'project_fault' : 'transient', code, retryAfterMs };
}

/** Looks up what was asked for, so that ids which nobody asked for never come in. */
function receiptsAskedFor(receipts: Readonly<Record<string, unknown>>, asked: readonly string[]): ReadonlyMap<string, Receipt> {
  const read = new Map<string, Receipt>();
  for (const id of asked) {
    const receipt = readReceipt(field(receipts, id));
    if (receipt !== null) read.set(id, receipt);
  }
  return read;
}

/** null: not there yet, or nothing that can be read; it is asked for again until it is given up as missing. */
function readReceipt(receipt: unknown): Receipt | null {
  const status = field(receipt, 'status');
  if (status === 'ok') return { kind: 'accepted' };
  return status === 'error' ? deliveryFault(field(receipt, 'details')) : null;
}
