import { isSpanContextValid, type SpanContext, TraceFlags } from '@opentelemetry/api';

/**
 * Whose trace a notification is in, when nobody said another: one of its own, whose id is the notification's and whose root span has the latter
 * half of it. So every process knows it, and nothing has to be stored. null: the id is none that a trace can have.
 */
export function ownContext(notificationId: string): SpanContext | null {
  const traceId = notificationId.replaceAll('-', '').toLowerCase();
  const context = { traceId, spanId: traceId.slice(16), traceFlags: TraceFlags.SAMPLED, isRemote: true };
  return isSpanContextValid(context) ? context : null;
}

const versionZero = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
/** Later versions may say more after the flags. */
const later = /^(?!00|ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** W3C trace context. null: nothing that can be followed, which is then as if nothing had come. */
export function parseTraceparent(text: string | null | undefined): SpanContext | null {
  const trimmed = text?.trim() ?? '';
  if (trimmed.length > 512) return null;
  const [, traceId = '', spanId = '', flags = ''] = versionZero.exec(trimmed) ?? later.exec(trimmed) ?? [];
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true };
  return isSpanContextValid(context) ? context : null;
}

export function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${(traceFlags & TraceFlags.SAMPLED) === 0 ? '00' : '01'}`;
}
