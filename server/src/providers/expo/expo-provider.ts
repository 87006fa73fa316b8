import { Pool } from 'undici';
import type { Clock } from '../../clock/clock.js';
import type { Logger } from '../../logging/logger.js';
import { type Exchange, exchange } from '../http-exchange.js';
import type { OutgoingMessage, Provider, ReceiptsResult, SendResult } from '../provider.js';
import { parseRetryAfter } from '../retry-after.js';
import { parseAnswer } from './answer-fields.js';
import { classifyReceipts } from './classify-receipts.js';
import { classifySendAnswer } from './classify-send-answer.js';
import { isExpoToken } from './is-expo-token.js';
import { createBodyBuilder } from './request-body.js';

/** Documented by Expo; more is PUSH_TOO_MANY_NOTIFICATIONS and PUSH_TOO_MANY_RECEIPTS. */
const limits = { recipients: 100, receiptIds: 1000 } as const;

const connectTimeoutMs = 5_000;

/**
 * How long an idle connection is kept when the service doesn't say. Below what load balancers keep theirs (60 s and up): a request
 * written into a connection that the other side is just closing is an unknown outcome.
 */
const keepAliveMs = 30_000;

interface ExpoProviderOptions {
  /** `https://exp.host`, or a stand-in's address; a path before `/--/api/v2` is kept. */
  readonly baseUrl: string;
  readonly accessToken: string | null;
  /** Most requests at once; the SDK uses 6. */
  readonly connections: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * The Expo Push Service over HTTP/1.1 with connections kept alive.
 *
 * States: open → closing (`close` was called: new requests are refused as not sent, those under way end by their deadlines) → closed.
 */
export function createExpoProvider({ baseUrl, accessToken, connections, clock, log }: ExpoProviderOptions): Provider {
  const base = new URL(baseUrl);
  const apiPath = `${base.pathname.replace(/\/+$/, '')}/--/api/v2/push`;
  const headers = { 'user-agent': 'todoku', ...(accessToken === null ? {} : { authorization: `Bearer ${accessToken}` }) };
  const pool = new Pool(base.origin, { connections, pipelining: 1, keepAliveTimeout: keepAliveMs, connect: { timeout: connectTimeoutMs } });
  const buildBody = createBodyBuilder();
  const underWay = new Set<Promise<Exchange>>();
  let closing: Promise<void> | null = null;

  const post = async (path: string, body: string, deadlineMs: number): Promise<Exchange> => {
    if (closing !== null) return { kind: 'not_sent', code: 'PROVIDER_CLOSED' };
    const request = exchange(pool, { path: apiPath + path, headers, body, deadlineMs });
    underWay.add(request);
    try {
      const end = await request;
      report(end, path);
      return end;
    } finally {
      underWay.delete(request);
    }
  };

  /** Never the body: error texts name tokens. What delivery can't see in the result is said here. */
  const report = (end: Exchange, path: string): void => {
    if (isUntrusted(end)) log.warn({ path, code: end.code }, "Expo's certificate or handshake can't be trusted");
    if (end.kind === 'answer' && end.broken !== null)
      log.warn({ path, status: end.status, code: end.broken }, "Expo's answer could not be read whole");
  };

  const retryAfterMs = (end: Extract<Exchange, { kind: 'answer' }>): number | null => parseRetryAfter(end.retryAfter, clock.now());

  return {
    name: 'expo',
    limits,
    isToken: isExpoToken,

    async send(messages: readonly OutgoingMessage[], deadlineMs: number): Promise<SendResult> {
      if (messages.length === 0) return { kind: 'answered', outcomes: [], httpStatus: null, requestId: null };
      const end = await post('/send', buildBody(messages), deadlineMs);
      if (end.kind === 'answer') return sendResult(end, retryAfterMs(end), messages);
      const facts = { code: end.code, httpStatus: null, requestId: null };
      if (end.kind === 'no_answer') return { kind: 'ambiguous', ...facts };
      if (isUntrusted(end)) return { kind: 'project_fault', ...facts };
      return { kind: 'transient', retryAfterMs: null, wholeProject: false, ...facts };
    },

    async receipts(ticketIds: readonly string[], deadlineMs: number): Promise<ReceiptsResult> {
      const asked = ticketIds.slice(0, limits.receiptIds);
      if (asked.length === 0) return { kind: 'answered', receipts: new Map() };
      const end = await post('/getReceipts', JSON.stringify({ ids: asked }), deadlineMs);
      if (end.kind !== 'answer') return { kind: isUntrusted(end) ? 'project_fault' : 'transient', code: end.code, retryAfterMs: null };
      return classifyReceipts({ status: end.status, answer: parseAnswer(end.text), retryAfterMs: retryAfterMs(end) }, asked);
    },

    close(): Promise<void> {
      closing ??= Promise.allSettled(underWay).then(() => pool.destroy());
      return closing;
    },
  };
}

/** Somebody else answers there, or a certificate ran out: no later try mends that, and nobody should get tokens meanwhile. */
const isUntrusted = (end: Exchange): end is Extract<Exchange, { kind: 'not_sent' }> => end.kind === 'not_sent' && end.code === 'TLS_FAILED';

/** A body that broke off says more about an unclear answer than its status does: "too large" rather than "HTTP_200". */
function sendResult(
  end: Extract<Exchange, { kind: 'answer' }>,
  retryAfterMs: number | null,
  messages: readonly OutgoingMessage[],
): SendResult {
  const result = classifySendAnswer({ status: end.status, text: end.text, retryAfterMs }, messages);
  return result.kind === 'ambiguous' && end.broken !== null ? { ...result, code: end.broken } : result;
}
