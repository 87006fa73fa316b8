import { z } from 'zod';
import type { Queryable } from '../../database/database.js';
import { fieldPath } from '../../errors/field-path.js';
import { deviceFates } from '../../receipts/device-fate.js';
import { type ExpoReceipt, receiptOf } from './expo-receipt.js';
import { type ExpoRefusal, tooMany, validationError } from './expo-refusals.js';

const mostIds = 1000;

export const receiptRequestSchema = z.object(
  { ids: z.array(z.string('must be a string.'), 'must be an array.') },
  'must be of type object.',
);

export type ReceiptRequest = z.output<typeof receiptRequestSchema>;

export function readReceiptRequest(body: unknown): ReceiptRequest | ExpoRefusal {
  const parsed = receiptRequestSchema.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return validationError(`"${fieldPath(issue?.path ?? []) || 'value'}" ${issue?.message ?? 'is wrong.'}`);
  }
  return parsed.data.ids.length > mostIds ? tooMany('PUSH_TOO_MANY_RECEIPTS', mostIds, parsed.data.ids.length) : parsed.data;
}

/** Receipts by ticket id, in one question to the database. Left out: ids that no ticket has, and what has not ended yet. */
export async function getReceipts({ ids }: ReceiptRequest, database: Queryable): Promise<Record<string, ExpoReceipt>> {
  const receipts: Record<string, ExpoReceipt> = {};
  for (const [id, fate] of await deviceFates(database, ids)) {
    const receipt = receiptOf(fate);
    if (receipt !== null) receipts[id] = receipt;
  }
  return receipts;
}
