/**
 * The door for those who call `supabase.functions.invoke('send-push-notification', …)`, and for database webhooks: hands on to Todoku's
 * `POST /v1/notifications` and answers as Todoku did. Keeps nothing and decides nothing but who may call.
 */
import { type Answered, askTodoku, type Question, type TodokuBody } from './ask-todoku.ts';
import { checkCaller } from './check-caller.ts';
import { type Failure, failureLine } from './log-failure.ts';
import { readBounded, TooLarge } from './read-bounded.ts';
import { type Env, readServiceKeys, readSettings } from './read-settings.ts';
import { columnPath, keyOfWebhook, notificationOf, readWebhook, type Webhook, whyIgnored } from './read-webhook.ts';
import { answerJson, answerRefusal, Refusal, refusals } from './refusal.ts';

interface Parts {
  readonly env: Env;
  readonly fetch: typeof fetch;
  /** A line for the function's log. */
  readonly log: (line: string) => void;
  /** Milliseconds for one request, reading and every try included: less than callers of Edge Functions wait. */
  readonly deadlineMs?: number;
}

/** As Todoku itself. */
const bodyLimit = 8 * 1_048_576;
const handedOn = ['content-type', 'content-encoding', 'idempotency-key', 'traceparent', 'tracestate'];
const handedBack = ['retry-after', 'idempotency-replayed'];

/** Of one request: what its log line tells. */
interface Trail {
  readonly requestId: string;
  readonly facts: Record<string, string | number>;
  readonly log: Parts['log'];
}

/** What is wrong with the environment is answered to each request: a function that does not start says nothing. */
export function createHandler({ env, fetch, log, deadlineMs = 10_000 }: Parts): (request: Request) => Promise<Response> {
  const serviceKeys = readServiceKeys(env);
  const settings = readSettings(env);
  return async (request) => {
    const trail: Trail = { requestId: crypto.randomUUID(), facts: {}, log };
    const signal = AbortSignal.timeout(deadlineMs);
    try {
      if (request.method !== 'POST') throw new Refusal('NOT_FOUND');
      await checkCaller(request.headers, serviceKeys);
      if ('problem' in settings) throw new Refusal('CONFIGURATION_INVALID', settings.problem);
      const bytes = await readBody(request, signal);
      const webhook = readWebhook(bytes);
      if (webhook === null) return handBack(await askTodoku(fetch, settings, handOn(request.headers, bytes), signal), trail);
      trail.facts.table = `${webhook.schema}.${webhook.table}`;
      const reason = whyIgnored(webhook);
      if (reason !== null) return answerJson(200, { status: 'ignored', reason }, trail.requestId);
      const answer = await askTodoku(fetch, settings, await questionOf(webhook, request.headers, bytes), signal);
      return handBack(withColumnPath(answer), trail);
    } catch (error) {
      return refuse(error, trail);
    }
  };
}

async function readBody(request: Request, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readBounded(request.body, bodyLimit, signal);
  } catch (error) {
    throw new Refusal(error instanceof TooLarge ? 'BODY_TOO_LARGE' : 'REQUEST_TIMEOUT');
  }
}

/** To the letter: what is wrong with it, Todoku says. */
function handOn(given: Headers, body: Uint8Array<ArrayBuffer>): Question {
  return { body, headers: chosen(given, handedOn) };
}

async function questionOf({ record }: Webhook, given: Headers, bytes: Uint8Array<ArrayBuffer>): Promise<Question> {
  const headers = chosen(given, handedOn);
  headers.set('content-type', 'application/json');
  headers.delete('content-encoding');
  if (!headers.has('idempotency-key')) headers.set('idempotency-key', await keyOfWebhook(bytes));
  return { headers, body: new TextEncoder().encode(JSON.stringify(notificationOf(record ?? {}))) };
}

/** The sender knows columns and not our fields. */
function withColumnPath(answer: Answered): Answered {
  const { error } = answer.body;
  if (error === undefined || error.path === null) return answer;
  return { ...answer, body: { ...answer.body, error: { ...error, path: columnPath(error.path) } } };
}

function handBack({ status, headers, body }: Answered, trail: Trail): Response {
  const requestId = headers.get('x-request-id') ?? trail.requestId;
  const failure = failureIn(body);
  if (failure !== null) logFailure({ ...failure, status }, { ...trail, requestId });
  return answerJson(status, body, requestId, Object.fromEntries(chosen(headers, handedBack).entries()));
}

function failureIn({ error, results = [] }: TodokuBody): { code: string; text: string; more: Record<string, number> } | null {
  const rejected = results.filter((result) => result.status === 'rejected');
  const code = error?.code ?? rejected[0]?.error?.code;
  if (code === undefined) return null;
  const text = error === undefined ? 'Todoku rejected some of the notifications' : 'Todoku rejected the request';
  return { code, text, more: results.length === 0 ? {} : { rejected: rejected.length, of: results.length } };
}

/** Others' errors may quote what was sent, so of them only the kind is logged. */
function refuse(error: unknown, trail: Trail): Response {
  const refusal = error instanceof Refusal ? error : new Refusal('INTERNAL');
  const more: Record<string, string> = refusal === error ? {} : { kind: error instanceof Error ? error.name : typeof error };
  logFailure({ code: refusal.code, text: refusal.message, status: refusals[refusal.code].status, more }, trail);
  return answerRefusal(refusal, trail.requestId);
}

function logFailure(failure: Pick<Failure, 'code' | 'text' | 'status' | 'more'>, { requestId, facts, log }: Trail): void {
  log(failureLine({ ...failure, requestId, more: { ...facts, ...failure.more } }, new Date()));
}

function chosen(headers: Headers, names: readonly string[]): Headers {
  const found = new Headers();
  for (const name of names) {
    const value = headers.get(name);
    if (value !== null) found.set(name, value);
  }
  return found;
}
