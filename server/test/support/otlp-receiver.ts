import { type HttpReceiver, startHttpReceiver } from './http-receiver.js';

/** A span as a collector sees it. */
export interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** null: it is a root. */
  readonly parentSpanId: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Trace ids. */
  readonly links: readonly string[];
  /** The status's message, when it is an error. */
  readonly error: string | null;
  readonly milliseconds: number;
}

/** What takes OTLP over HTTP: as little of a collector as tests need. */
export interface OtlpReceiver extends HttpReceiver {
  spans(): ReceivedSpan[];
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const http = await startHttpReceiver();
  http.answer = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  return Object.assign(http, { spans: () => http.received.flatMap(({ body }) => spansOf(JSON.parse(body) as Export)) });
}

interface Export {
  readonly resourceSpans: { readonly scopeSpans: { readonly spans: readonly RawSpan[] }[] }[];
}

interface RawSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly links?: readonly { readonly traceId: string }[];
  readonly status?: { readonly code: number; readonly message?: string };
}

const ERROR = 2;

const spansOf = ({ resourceSpans }: Export): ReceivedSpan[] =>
  resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map(receivedSpan)));

function receivedSpan({ name, traceId, spanId, parentSpanId, attributes, links = [], status, ...times }: RawSpan): ReceivedSpan {
  return {
    name,
    traceId,
    spanId,
    parentSpanId: parentSpanId ?? null,
    attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]])),
    links: links.map((link) => link.traceId),
    error: status?.code === ERROR ? (status.message ?? '') : null,
    milliseconds: Number((BigInt(times.endTimeUnixNano) - BigInt(times.startTimeUnixNano)) / 1_000_000n),
  };
}
