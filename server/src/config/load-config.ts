import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import { TodokuError } from '../errors/todoku-error.js';
import { parsePairs } from '../tracing/tracing-config.js';
import type { Config } from './config.js';
import { Secret } from './secret.js';
import { type Setting, settings } from './settings.js';

export type Environment = Readonly<Record<string, string | undefined>>;

type Name = keyof typeof settings;
type Values = {
  readonly [N in Name]: z.output<(typeof settings)[N]['schema']> | ((typeof settings)[N]['fallback'] extends null ? null : never);
};

/** The folder that this program was checked out to; the same distance from the source and from the built file. */
const checkout = fileURLToPath(new URL('../../../', import.meta.url));
const expoBaseUrl = 'https://exp.host';
/** A lease has to outlast the request by this much, for the outcome's transaction. */
const leaseMarginMs = 5_000;

/** Throws CONFIGURATION_INVALID with every problem at once: the variable, and what it should be. An empty variable counts as not set. */
export function loadConfig(env: Environment): Config {
  const problems: string[] = [];
  const values = readAll(env, problems);
  problems.push(...contradictions(values));
  if (problems.length > 0) {
    throw new TodokuError('CONFIGURATION_INVALID', {
      message: `The configuration is wrong:\n${problems.map((problem) => `- ${problem}`).join('\n')}`,
    });
  }
  return deepFreeze(arrange(values, unknownVariables(env)));
}

function readAll(env: Environment, problems: string[]): Values {
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries<Setting<unknown>>(settings)) {
    const text = env[name]?.trim() || setting.fallback;
    const parsed = text === null ? ({ success: true, data: null } as const) : setting.schema.safeParse(text);
    if (parsed.success) values[name] = parsed.data;
    else problems.push(`${name} has to be ${setting.expected}${ownWords(parsed.error)}.`);
  }
  return values as Values;
}

/** What a schema of ours has to say itself; zod's own messages would only repeat `expected`. */
function ownWords(error: z.ZodError): string {
  const own = error.issues.find((issue) => issue.code === 'custom' && issue.message !== 'Invalid input');
  return own === undefined ? '' : `: ${own.message}`;
}

function contradictions(values: Partial<Values>): string[] {
  const problems: string[] = [];
  const { TODOKU_LEASE_SECONDS: lease, TODOKU_REQUEST_DEADLINE_MS: deadline } = values;
  if (lease !== undefined && deadline !== undefined && lease * 1_000 < deadline + leaseMarginMs) {
    problems.push('TODOKU_LEASE_SECONDS has to be at least 5 seconds more than TODOKU_REQUEST_DEADLINE_MS.');
  }
  problems.push(...missingPartners(values));
  const guarded = {
    SUPABASE_JWKS_URL: values.SUPABASE_JWKS_URL,
    EXPO_BASE_URL: values.EXPO_ACCESS_TOKEN ? values.EXPO_BASE_URL : null,
    TODOKU_ALERT_SLACK_URL: values.TODOKU_ALERT_SLACK_URL,
    TODOKU_ALERT_HEARTBEAT_URL: values.TODOKU_ALERT_HEARTBEAT_URL,
  };
  for (const [name, given] of Object.entries(guarded)) {
    const url = given instanceof Secret ? given.reveal() : given;
    if (url && !isSafeFromListeners(new URL(url))) problems.push(`${name} has to be ${settings[name as keyof typeof guarded].expected}.`);
  }
  return problems;
}

/** A way out for alerts of which a part is missing would tell nobody, and nobody would know. */
function missingPartners(values: Partial<Values>): string[] {
  const groups = [
    ['TODOKU_ALERT_WEBHOOK_URL', 'TODOKU_ALERT_WEBHOOK_SECRET'],
    ['TODOKU_ALERT_SMTP_URL', 'TODOKU_ALERT_EMAIL_FROM', 'TODOKU_ALERT_EMAIL_TO'],
  ] as const satisfies readonly (readonly Name[])[];
  return groups.flatMap((names) => {
    const missing = names.filter((name) => values[name] === null);
    if (missing.length === 0 || missing.length === names.length) return [];
    const set = names.filter((name) => !missing.includes(name));
    return missing.map((name) => `${name} has to be set, because ${set.join(', ')} is.`);
  });
}

function isSafeFromListeners(url: URL): boolean {
  return url.protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
}

function unknownVariables(env: Environment): string[] {
  return Object.keys(env).filter((name) => name.startsWith('TODOKU_') && !Object.hasOwn(settings, name));
}

function arrange(values: Values, unknown: readonly string[]): Config {
  const sandbox = values.EXPO_ACCESS_TOKEN === null && values.EXPO_BASE_URL === null;
  return {
    instance: values.TODOKU_INSTANCE ?? `${hostname()}:${process.pid}`,
    sandbox,
    dataDirectory: resolve(checkout, values.TODOKU_DATA_DIR),
    roles: values.TODOKU_ROLES,
    logLevel: values.LOG_LEVEL,
    logFormat: values.LOG_FORMAT,
    pushEnabled: values.PUSH_NOTIFICATIONS_ENABLED,
    rateLimit: values.TODOKU_RATE_LIMIT,
    shutdownSeconds: values.TODOKU_SHUTDOWN_SECONDS,
    unknownVariables: unknown,
    database: {
      url: values.DATABASE_URL,
      apiConnections: values.TODOKU_DB_POOL_API,
      workerConnections: values.TODOKU_DB_POOL_WORKER,
    },
    http: { host: values.HOST, port: values.PORT },
    expo: { accessToken: values.EXPO_ACCESS_TOKEN, baseUrl: values.EXPO_BASE_URL?.replace(/\/+$/, '') ?? (sandbox ? null : expoBaseUrl) },
    security: {
      keys: values.TODOKU_ENCRYPTION_KEYS,
      userTokens: {
        secret: values.SUPABASE_JWT_SECRET,
        jwksUrl: values.SUPABASE_JWKS_URL,
        issuer: values.SUPABASE_JWT_ISSUER,
        audience: values.SUPABASE_JWT_AUDIENCE,
      },
    },
    planning: { batch: values.TODOKU_PLANNING_BATCH, pollMs: values.TODOKU_OUTBOX_POLL_MS, chunkSize: values.TODOKU_CHUNK_SIZE },
    delivery: {
      slots: values.TODOKU_DELIVERY_SLOTS,
      leaseSeconds: values.TODOKU_LEASE_SECONDS,
      requestDeadlineMs: values.TODOKU_REQUEST_DEADLINE_MS,
      pollMs: values.TODOKU_QUEUE_POLL_MS,
    },
    receipts: { delaySeconds: values.TODOKU_RECEIPT_DELAY_SECONDS, pollMs: values.TODOKU_RECEIPT_POLL_MS },
    alerts: arrangeAlerts(values),
    tracing: arrangeTracing(values),
    reports: {
      schedule: values.TODOKU_REPORTS ?? [],
      atMinute: values.TODOKU_REPORTS_AT,
      routes: values.TODOKU_REPORTS_ROUTES,
      storageLimitBytes: values.TODOKU_STORAGE_LIMIT_GB === null ? null : values.TODOKU_STORAGE_LIMIT_GB * 1e9,
    },
  };
}

function arrangeAlerts(values: Values): Config['alerts'] {
  const { TODOKU_ALERT_WEBHOOK_URL: webhookUrl, TODOKU_ALERT_WEBHOOK_SECRET: secret, TODOKU_ALERT_SLACK_URL: slackUrl } = values;
  const { TODOKU_ALERT_SMTP_URL: smtpUrl, TODOKU_ALERT_EMAIL_FROM: from, TODOKU_ALERT_EMAIL_TO: to } = values;
  const { TODOKU_ALERT_HEARTBEAT_URL: heartbeatUrl } = values;
  return {
    publicUrl: values.TODOKU_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    language: values.TODOKU_ALERT_LANGUAGE,
    remindMinutes: values.TODOKU_ALERT_REMIND_MINUTES,
    webhook: webhookUrl === null || secret === null ? null : { url: webhookUrl, secret, minSeverity: values.TODOKU_ALERT_WEBHOOK_MIN },
    slack: slackUrl && { url: slackUrl, minSeverity: values.TODOKU_ALERT_SLACK_MIN },
    email: smtpUrl === null || from === null || to === null ? null : { url: smtpUrl, from, to, minSeverity: values.TODOKU_ALERT_EMAIL_MIN },
    heartbeat: heartbeatUrl && { url: heartbeatUrl, method: values.TODOKU_ALERT_HEARTBEAT_METHOD },
  };
}

function arrangeTracing(values: Values): Config['tracing'] {
  const base = values.OTEL_EXPORTER_OTLP_ENDPOINT;
  const url = values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (base && `${base.replace(/\/+$/, '')}/v1/traces`);
  if (!url || values.OTEL_SDK_DISABLED) return null;
  return {
    url,
    headers: values.OTEL_EXPORTER_OTLP_HEADERS,
    serviceName: values.OTEL_SERVICE_NAME,
    resource: parsePairs(values.OTEL_RESOURCE_ATTRIBUTES ?? '') ?? {},
    sampler: values.OTEL_TRACES_SAMPLER,
    share: values.OTEL_TRACES_SAMPLER_ARG,
  };
}

function deepFreeze<Value extends object>(value: Value): Value {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null && !ArrayBuffer.isView(inner)) deepFreeze(inner);
  }
  return Object.freeze(value);
}
