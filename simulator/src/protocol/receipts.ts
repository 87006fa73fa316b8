import { faultAnswer } from '../faults/answers.js';
import { type Answer, type Reply, reply } from '../server/answer.js';
import type { ServiceState } from '../service.js';
import { authorize } from './authorize.js';
import { receiptText } from './receipt-texts.js';
import { tooManyReceipts, validationError } from './request-errors.js';

const MAX_IDS = 1000;
/** Well-formed, and never given out by any simulator: the version is 4. */
const STRANGE_ID = '00000000-0000-4000-8000-000000000000';

/** `POST /--/api/v2/push/getReceipts`. Ids that are unknown, not ready or too old are left out of the map. */
export function handleReceipts(state: ServiceState, text: string, authorization: string | undefined): Answer {
  const project = state.tokens.default.project;
  const denied = authorize(authorization, state.settings.accessToken, project);
  if (denied) return denied;
  const ids = readIds(text);
  if (!Array.isArray(ids)) return ids;
  const fault = state.faults.take('receipts', null);
  if (fault) state.meters.faultApplied(fault.kind);
  const found = fault?.kind === 'no_receipts' ? [] : findReceipts(state, ids);
  state.meters.receiptsAnswered(ids.length, found.length);
  if (fault?.kind === 'extra_receipts') found.push(`"${STRANGE_ID}":{"status":"ok"}`);
  const right = reply(200, `{"data":{${found.join(',')}}}`);
  return fault ? faultAnswer(fault, { right, project, rate: state.settings.rate }) : right;
}

function readIds(text: string): string[] | Reply {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return validationError('The request body is not valid JSON.');
  }
  const ids = typeof parsed === 'object' && parsed !== null && 'ids' in parsed ? parsed.ids : undefined;
  if (!Array.isArray(ids)) return validationError('"ids" must be an array.');
  if (ids.length > MAX_IDS) return tooManyReceipts(ids.length, MAX_IDS);
  const strange = ids.findIndex((id) => typeof id !== 'string');
  return strange === -1 ? ids : validationError(`"ids[${strange}]" must be a string.`);
}

function findReceipts(state: ServiceState, ids: readonly string[]): string[] {
  const { receiptDelayMs, receiptTtlMs } = state.settings;
  const now = state.clock.wallMs();
  const found: string[] = [];
  for (const id of new Set(ids)) {
    const facts = state.ids.read(id);
    if (facts === undefined) continue;
    const age = now - facts.acceptedAtMs;
    if (age < receiptDelayMs || age >= receiptTtlMs) continue;
    const receipt = receiptText(state.receiptOverrides.get(id) ?? facts.receipt, facts.acceptedAtMs);
    if (receipt !== null) found.push(`"${id}":${receipt}`);
  }
  return found;
}
