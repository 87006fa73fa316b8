import type { Secret } from '../config/secret.js';

/** The names that OpenTelemetry has for OTEL_TRACES_SAMPLER. */
export const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

export type SamplerName = (typeof samplers)[number];

export interface TracingConfig {
  /** Where spans are posted. */
  readonly url: string;
  /** Sent along, as `parsePairs` reads them; often with a key of the collector. */
  readonly headers: Secret | null;
  readonly serviceName: string;
  readonly resource: Readonly<Record<string, string>>;
  readonly sampler: SamplerName;
  /** 0 … 1, for those that take a share. */
  readonly share: number;
}

/** `key=value,key=value`, values percent-encoded, as OpenTelemetry's variables have it. null: it is not that. */
export function parsePairs(text: string): Record<string, string> | null {
  const pairs: Record<string, string> = {};
  for (const part of text.split(',')) {
    const [, key, value] = /^\s*([^\s=,;]+)\s*=\s*(.*?)\s*$/.exec(part) ?? [];
    if (key === undefined || value === undefined) return null;
    try {
      pairs[key] = decodeURIComponent(value);
    } catch {
      return null;
    }
  }
  return pairs;
}
