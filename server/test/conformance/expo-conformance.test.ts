import { type FaultKind, type FaultSpec, startSimulator, type TokenBehaviour } from '@todoku/simulator';
import { describe } from 'vitest';
import { systemClock } from '../../src/clock/clock.js';
import { silentLogger } from '../../src/logging/logger.js';
import { createExpoProvider } from '../../src/providers/expo/expo-provider.js';
import type { Provider } from '../../src/providers/provider.js';
import { outgoingMessages } from '../support/outgoing-message.js';
import { refusingUrl } from '../support/raw-server.js';
import { describeBatches, describeProvider, describeReceipts } from './provider-conformance.js';
import type { BatchSituations, ProviderUnderTest, ReceiptSituations, RecipientSituation } from './provider-under-test.js';

const providerTo = (baseUrl: string): Provider =>
  createExpoProvider({ baseUrl, accessToken: null, connections: 4, clock: systemClock, log: silentLogger });

const atTicket: Record<RecipientSituation, TokenBehaviour> = {
  token_fault: 'dead_at_ticket',
  message_fault: 'too_big_at_ticket',
  project_fault: 'invalid_credentials_at_ticket',
  transient: 'rate_exceeded_at_ticket',
};

const atReceipt: Record<RecipientSituation | 'none', TokenBehaviour> = {
  token_fault: 'apns_bad_token',
  message_fault: 'too_big',
  project_fault: 'mismatch_sender_id',
  transient: 'provider_error',
  none: 'receipt_never',
};

async function startExpo(): Promise<ProviderUnderTest<BatchSituations, ReceiptSituations>> {
  const simulator = await startSimulator({ ledger: 'full', rate: null });
  const { control } = simulator;
  const fault =
    (kind: FaultKind, details: Partial<FaultSpec> = {}) =>
    (): void => {
      control.addFault({ kind, ...details });
    };
  return {
    provider: providerTo(simulator.url),
    messages: (count) => outgoingMessages(count),
    recipient: ({ token }, situation) => control.setToken(token, { behaviour: atTicket[situation] }),
    next: {
      rateLimited: fault('status_429', { retryAfter: 7 }),
      credentialsRefused: fault('status_403'),
      internalError: fault('status_500', { accept: true }),
      gatewayError: fault('accept_then_504_html'),
      resetAfterTaking: fault('accept_then_reset'),
      silence: fault('accept_then_hang'),
      slow: fault('slow_response', { delayMs: 100 }),
      drip: fault('accept_then_slow_drip', { delayMs: 20 }),
      cutShort: fault('accept_then_truncate'),
      endlessAnswer: fault('huge_body'),
      compressedBomb: fault('gzip_bomb'),
      nonsense: fault('html_with_200'),
    },
    nextBatch: {
      refusedForOneMessage: fault('status_400', { messageIndex: 1 }),
      mixedProjects: ([first]) => control.setToken(first?.token ?? '', { project: '@owner/other' }),
      oneAnswerTooFew: fault('short_ticket_count'),
      oneAnswerTooMany: fault('extra_ticket'),
    },
    receipts: {
      of: ({ token }, receipt) => control.setToken(token, { behaviour: atReceipt[receipt] }),
      unasked: fault('extra_receipts'),
      silence: fault('refuse_then_hang', { endpoint: 'receipts' }),
    },
    taken: () => control.entries().flatMap(({ accepted, deliveryId }) => (accepted ? [deliveryId ?? ''] : [])),
    requests: () => control.stats().requests + control.stats().receiptRequests,
    stop: () => simulator.close(),
  };
}

const expo = { start: startExpo, unreachable: async () => providerTo(await refusingUrl()) };

describe('Expo as a provider', () => describeProvider(expo));
describe('Expo with several messages in a request', () => describeBatches(expo));
describe('Receipts of Expo', () => describeReceipts(expo));
