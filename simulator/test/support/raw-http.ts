import { type IncomingHttpHeaders, request } from 'node:http';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
}

interface RawOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export const SEND = '/--/api/v2/push/send';
export const RECEIPTS = '/--/api/v2/push/getReceipts';

/** One request on a connection of its own. Rejects with the socket's error when no whole answer comes. */
export function raw(url: string, body: string | Buffer | null, options: RawOptions = {}): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const { method = body === null ? 'GET' : 'POST', headers = {}, signal } = options;
    const call = request(url, {
      method,
      agent: false,
      headers: { 'content-type': 'application/json', ...headers },
      ...(signal && { signal }),
    });
    call.once('error', reject);
    call.once('response', (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.once('error', reject);
      answer.once('end', () => {
        const bytes = Buffer.concat(pieces);
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes, text: bytes.toString('utf8') });
      });
    });
    call.end(body ?? undefined);
  });
}

/** The answer's body as JSON of a shape that the test knows. */
export function json<T>(answer: RawAnswer): T {
  return JSON.parse(answer.text) as T;
}

/** A ticket or a receipt, as loosely as tests look at them. */
export interface Outcome {
  readonly status: 'ok' | 'error';
  readonly id?: string;
  readonly message?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface RequestErrors {
  readonly errors: readonly {
    code: string;
    message: string;
    type?: string;
    details?: unknown;
    isTransient?: boolean;
    requestId?: string;
  }[];
}

export function send(url: string, messages: unknown, options: RawOptions = {}): Promise<RawAnswer> {
  return raw(url + SEND, JSON.stringify(messages), options);
}

export async function tickets(url: string, messages: unknown): Promise<Outcome[]> {
  return json<{ data: Outcome[] }>(await send(url, messages)).data;
}

export async function receipts(url: string, ids: readonly string[]): Promise<Record<string, Outcome>> {
  return json<{ data: Record<string, Outcome> }>(await raw(url + RECEIPTS, JSON.stringify({ ids }))).data;
}

export function token(name: string): string {
  return `ExponentPushToken[${name}]`;
}

/** Messages to `count` live devices, with delivery ids `d0`, `d1`, … */
export function messagesTo(count: number): object[] {
  return Array.from({ length: count }, (_, n) => ({ to: token(`t${n}`), title: 'Hello', data: { _deliveryId: `d${n}` } }));
}
