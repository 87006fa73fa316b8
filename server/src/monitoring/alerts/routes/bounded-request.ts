import { Agent, request } from 'undici';
import type { Clock } from '../../../clock/clock.js';
import { printable } from '../../../logging/printable.js';
import { redact } from '../../../logging/redact.js';
import { parseRetryAfter } from '../../../providers/retry-after.js';
import type { SendResult } from './route.js';

/** For everything: name, connection, request, answer. */
export const requestDeadlineMs = 15_000;
/** Nobody reads more of an answer than fits into a line. */
const answerBytes = 2_048;
const shownCharacters = 200;

interface BoundedRequest {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly deadlineMs?: number;
  readonly clock: Clock;
}

/**
 * One request on a connection of its own, never repeated here. 2xx is success. A redirect is a failure and is not followed: what is signed or
 * secret goes to the address that the operator wrote and to no other. At most the beginning of an answer is read.
 */
export async function boundedRequest(
  url: string,
  { deadlineMs = requestDeadlineMs, clock, ...options }: BoundedRequest,
): Promise<SendResult> {
  const agent = new Agent({ connections: 1, pipelining: 0 });
  try {
    const signal = AbortSignal.timeout(deadlineMs);
    const { statusCode, headers, body } = await request(url, {
      ...options,
      headers: { 'user-agent': 'todoku', 'accept-encoding': 'identity', ...options.headers },
      dispatcher: agent,
      signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const said = await beginningOf(body);
    const answer = `HTTP ${statusCode}${said === '' ? '' : `: ${said}`}`;
    if (statusCode >= 200 && statusCode < 300) return { ok: true, answer };
    const retryAfterMs = parseRetryAfter(headers['retry-after'], clock.now());
    return { ok: false, error: answer, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
  } catch (error) {
    return { ok: false, error: describeFailure(error, deadlineMs) };
  } finally {
    await agent.destroy();
  }
}

async function beginningOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    // Leaving the loop destroys the body, and with it the connection.
    if (bytes >= answerBytes) break;
  }
  const text = Buffer.concat(chunks).subarray(0, answerBytes).toString('utf8').trim();
  return printable(redact(text)).slice(0, shownCharacters);
}

/** Codes only: messages of the network may name addresses. */
export function describeFailure(error: unknown, deadlineMs: number): string {
  if (!(error instanceof Error)) return 'failed';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return `no answer within ${deadlineMs / 1_000} s`;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const cause = error.cause instanceof Error && 'code' in error.cause ? ` (${String(error.cause.code)})` : '';
  return `could not be sent: ${code}${cause}`;
}
