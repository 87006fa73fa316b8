import { endpointOf, FAULT_KINDS, type FaultKind, type FaultSpec } from '../faults/kinds.js';
import { LONGEST_TIMER_MS, type SimulatorSettings } from '../options.js';
import { RECEIPT_KINDS, TOKEN_BEHAVIOURS, type TokenBehaviour } from '../tokens/behaviours.js';
import type { TokenChange } from '../tokens/registry.js';
import { flag, InputError, listOf, need, nullable, numberIn, oneOf, partial, type Reader, text, wholeIn } from './input.js';

/** Readers for everything that comes from outside: control requests and the command line's `--fault`. */

const MONTH_MS = 31 * 24 * 3_600_000;
const MILLISECONDS = numberIn(0, MONTH_MS);
const MOST_BYTES = 1024 * 1024 * 1024;
const BEHAVIOURS = Object.keys(TOKEN_BEHAVIOURS) as TokenBehaviour[];
const KINDS = Object.keys(FAULT_KINDS) as FaultKind[];

const PROFILE = {
  behaviour: oneOf(BEHAVIOURS),
  project: text,
  platform: oneOf(['ios', 'android'] as const),
};

export const tokenChange: Reader<TokenChange> = partial(PROFILE);

const tokenFields = partial({ token: text, prefix: text, ...PROFILE });

/** A change that says which token, or which beginning of tokens, it is for. */
export const namedToken: Reader<{ token: string | undefined; prefix: string | undefined; change: TokenChange }> = (value, path) => {
  const { token, prefix, ...change } = tokenFields(value, path);
  if ((token === undefined) === (prefix === undefined)) throw new InputError(path || 'the body', 'an object with either token or prefix');
  return { token, prefix, change };
};

const retryAfter: Reader<NonNullable<FaultSpec['retryAfter']>> = (value, path) => {
  if (typeof value === 'number' || typeof value === 'string') return value;
  const { dateInMs } = partial({ dateInMs: numberIn(-MONTH_MS, MONTH_MS) })(value, path);
  return { dateInMs: need(dateInMs, `${path}.dateInMs`) };
};

const faultFields = partial({
  kind: oneOf(KINDS),
  endpoint: oneOf(['send', 'receipts'] as const),
  times: nullable(wholeIn(1, 1e9)),
  after: wholeIn(0, 1e9),
  probability: numberIn(0, 1),
  match: partial({ token: text, deliveryId: text, project: text, titleIncludes: text }),
  accept: flag,
  delayMs: wholeIn(0, LONGEST_TIMER_MS),
  bytes: wholeIn(0, MOST_BYTES),
  retryAfter,
  behaviour: oneOf(BEHAVIOURS),
  recipients: listOf(wholeIn(0, 99)),
  messageIndex: wholeIn(0, 99),
});

export const faultSpec: Reader<FaultSpec> = (value, path) => {
  const at = (field: string): string => (path === '' ? field : `${path}.${field}`);
  const { kind, ...rest } = faultFields(value, path);
  const fault: FaultSpec = { kind: need(kind, at('kind')), ...rest };
  const places: readonly string[] = FAULT_KINDS[fault.kind].on;
  if (!places.includes(endpointOf(fault))) throw new InputError(at('endpoint'), `${places.join(' or ')} for ${fault.kind}`);
  if (fault.kind === 'behave_as' && fault.behaviour === undefined) throw new InputError(at('behaviour'), 'given for behave_as');
  return fault;
};

export const settingsChange: Reader<Partial<SimulatorSettings>> = partial({
  rate: nullable(numberIn(1, 1e9)),
  burst: nullable(numberIn(1, 1e9)),
  retryAfterSeconds: nullable(numberIn(0, 1e6)),
  receiptDelayMs: MILLISECONDS,
  receiptTtlMs: MILLISECONDS,
  accessToken: nullable(text),
  latencyMs: wholeIn(0, LONGEST_TIMER_MS),
  gzipAnswers: flag,
  errorTicketIds: flag,
});

const advanceFields = partial({ ms: MILLISECONDS });
export const advance: Reader<number> = (value, path) => need(advanceFields(value, path).ms, 'ms');

const receiptFields = partial({ id: text, receipt: oneOf(RECEIPT_KINDS) });
export const receiptOverride: Reader<{ id: string; receipt: (typeof RECEIPT_KINDS)[number] }> = (value, path) => {
  const { id, receipt } = receiptFields(value, path);
  return { id: need(id, 'id'), receipt: need(receipt, 'receipt') };
};

const expectedFields = partial({ expected: listOf(text) });
export const expectedIds: Reader<string[]> = (value, path) => need(expectedFields(value, path).expected, 'expected');
