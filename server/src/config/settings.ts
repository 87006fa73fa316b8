import { z } from 'zod';
import { logLevels } from '../logging/create-logger.js';
import { webhookKey } from '../monitoring/alerts/routes/sign-webhook.js';
import { severities } from '../monitoring/alerts/severity.js';
import { type KeySet, parseKeys } from '../security/key-text.js';
import { parsePairs, samplers } from '../tracing/tracing-config.js';
import { Secret } from './secret.js';

/** One environment variable: what it means, what stands for it when it is not set, and how its text becomes a value. */
export interface Setting<Value> {
  readonly meaning: string;
  /** As in the environment; null: nothing, and then the value is null. */
  readonly fallback: string | null;
  /** What the documentation says of the fallback, when its text alone does not explain it. */
  readonly fallbackMeaning?: string;
  /** Completes the sentence "NAME has to be …". */
  readonly expected: string;
  readonly schema: z.ZodType<Value, string>;
}

/** One that a mail server can take; whether somebody reads it, only a mail can tell. */
const address = /^[^\s@,<>"]{1,64}@[A-Za-z0-9.-]{1,253}$/;

/** Every variable that the system reads. `docs/configuration.md` is made from this table. */
export const settings = {
  DATABASE_URL: optional(secretUrl(['postgres:', 'postgresql:']), {
    meaning: 'Postgres 15 or newer.',
    fallbackMeaning: 'an embedded Postgres under TODOKU_DATA_DIR',
    expected: 'a URL such as postgres://user:password@host:5432/database',
  }),
  HOST: required(z.string(), '127.0.0.1', 'Address on which the API listens. 0.0.0.0 opens it to the network.', 'an address'),
  PORT: required(wholeNumber(0, 65_535), '4000', 'Port of the API; 0 takes a free one.', 'a whole number from 0 to 65535'),
  TODOKU_DATA_DIR: required(
    z.string(),
    '.todoku',
    'Folder of the embedded Postgres, the key file and the admin key. A relative path starts at the folder of the checkout, wherever a command is called.',
    'a path',
  ),
  TODOKU_INSTANCE: optional(z.string().regex(/^[\w.:-]{1,100}$/), {
    meaning: 'Name of this process in logs, leases and the list of workers; has to be unique.',
    fallbackMeaning: 'host name and process id',
    expected: 'up to 100 letters, digits and the signs . : _ -',
  }),
  TODOKU_ROLES: required(
    list(['api', 'worker']),
    'api,worker',
    'What this process does: `api` answers HTTP, `worker` plans, sends and fetches receipts.',
    'api, worker or both, with a comma between',
  ),
  LOG_LEVEL: required(
    z.enum(logLevels),
    'info',
    'The least important log lines that are written. `todoku logs level` changes it in running processes for a while.',
    `one of ${logLevels.join(', ')}`,
  ),
  LOG_FORMAT: optional(z.enum(['json', 'pretty']), {
    meaning: '`json`: one object a line, for machines; `pretty`: lines for people.',
    fallbackMeaning: 'pretty at a terminal, else json',
    expected: 'one of json, pretty',
  }),
  PUSH_NOTIFICATIONS_ENABLED: required(
    flag(),
    'true',
    'false: this process accepts no new notifications by HTTP and sends nothing.',
    'true or false',
  ),
  EXPO_ACCESS_TOKEN: optional(
    z
      .string()
      .regex(/^[\x21-\x7e]+$/)
      .transform((text) => new Secret(text)),
    {
      meaning: 'Access token of the Expo account (needed where enhanced push security is on).',
      fallbackMeaning: 'none. With EXPO_BASE_URL empty as well: sandbox, everything goes to the built-in simulator',
      expected: 'an Expo access token, without spaces',
    },
  ),
  EXPO_BASE_URL: optional(url(['https:', 'http:']), {
    meaning: "Where Expo's push service is. Set it to https://exp.host to send for real without an access token.",
    fallbackMeaning: 'https://exp.host with an access token, the simulator without',
    expected: 'a URL such as https://exp.host (with an access token: https, or on this machine)',
  }),
  TODOKU_ENCRYPTION_KEYS: optional(keySet(), {
    meaning:
      'Keys that encrypt push tokens: `<id>:<base64 of 32 bytes>`, with commas between; the first encrypts, all decrypt. `index:<base64>` keys the lookup hash.',
    fallbackMeaning: 'the file encryption-keys in TODOKU_DATA_DIR, made at the first start',
    expected: 'a list such as 1:<base64 of 32 bytes>,index:<base64 of 32 bytes>',
  }),
  SUPABASE_JWT_SECRET: optional(
    z
      .string()
      .min(32)
      .transform((text) => new Secret(text)),
    {
      meaning: 'Shared secret (HS256) of user tokens.',
      fallbackMeaning: 'user tokens with a shared secret are refused',
      expected: 'at least 32 characters',
    },
  ),
  SUPABASE_JWKS_URL: optional(url(['https:', 'http:']), {
    meaning: 'Public keys (ES256, RS256) of user tokens, as in https://<project>.supabase.co/auth/v1/.well-known/jwks.json.',
    fallbackMeaning: 'user tokens with a public key are refused',
    expected: 'an https URL (http only on this machine)',
  }),
  SUPABASE_JWT_ISSUER: optional(z.string(), {
    meaning: 'What the `iss` of a user token has to be.',
    fallbackMeaning: 'not checked',
    expected: 'an issuer',
  }),
  SUPABASE_JWT_AUDIENCE: required(z.string(), 'authenticated', 'What the `aud` of a user token has to be or contain.', 'an audience'),
  TODOKU_PUBLIC_URL: optional(url(['https:', 'http:']), {
    meaning: 'Where people reach this system; links in alerts begin with it.',
    fallbackMeaning: 'links are paths in the checkout',
    expected: 'a URL such as https://push.example.com',
  }),
  TODOKU_ALERT_LANGUAGE: required(z.enum(['en', 'ja']), 'en', 'Language of alert messages: `en` or `ja`.', 'one of en, ja'),
  TODOKU_ALERT_REMIND_MINUTES: required(
    wholeNumber(0, 10_080),
    '30',
    'A page alert that nobody has acknowledged is told again after so many minutes; 0: never.',
    'a whole number from 0 to 10080',
  ),
  TODOKU_ALERT_WEBHOOK_URL: optional(secretUrl(['https:', 'http:']), {
    meaning: 'Alerts are posted there as JSON, signed as the Standard Webhooks say (see alerts.md). http only where nobody listens in.',
    fallbackMeaning: 'no webhook',
    expected: 'a URL such as https://example.com/hooks/todoku',
  }),
  TODOKU_ALERT_WEBHOOK_SECRET: optional(
    z
      .string()
      .refine((text) => webhookKey(text) !== null)
      .transform((text) => new Secret(text)),
    {
      meaning: 'Signs what is posted: `whsec_` and the base64 of 24 to 64 random bytes. Needed with TODOKU_ALERT_WEBHOOK_URL.',
      fallbackMeaning: 'no webhook',
      expected: 'whsec_<base64 of 24 to 64 bytes>',
    },
  ),
  TODOKU_ALERT_WEBHOOK_MIN: required(
    z.enum(severities),
    'info',
    'The least severity that goes to the webhook: `page`, `warn` or `info`.',
    `one of ${severities.join(', ')}`,
  ),
  TODOKU_ALERT_SLACK_URL: optional(secretUrl(['https:', 'http:']), {
    meaning: 'An incoming webhook of Slack, or of what takes the same JSON (Mattermost, Rocket.Chat, Discord under /slack).',
    fallbackMeaning: 'no Slack',
    expected: 'an https URL (http only on this machine)',
  }),
  TODOKU_ALERT_SLACK_MIN: required(
    z.enum(severities),
    'warn',
    'The least severity that goes to Slack: `page`, `warn` or `info`.',
    `one of ${severities.join(', ')}`,
  ),
  TODOKU_ALERT_SMTP_URL: optional(secretUrl(['smtp:', 'smtps:']), {
    meaning: 'Mail server for alerts, with user and password: smtp:// (encrypted by STARTTLS) or smtps://.',
    fallbackMeaning: 'no e-mail',
    expected: 'a URL such as smtps://user:password@mail.example.com',
  }),
  TODOKU_ALERT_EMAIL_FROM: optional(z.string().regex(address), {
    meaning: 'Sender of alert mails. Needed with TODOKU_ALERT_SMTP_URL.',
    fallbackMeaning: 'no e-mail',
    expected: 'an e-mail address',
  }),
  TODOKU_ALERT_EMAIL_TO: optional(addresses(), {
    meaning: 'Who gets alert mails; several with commas between. Needed with TODOKU_ALERT_SMTP_URL.',
    fallbackMeaning: 'no e-mail',
    expected: 'e-mail addresses with commas between',
  }),
  TODOKU_ALERT_EMAIL_MIN: required(
    z.enum(severities),
    'warn',
    'The least severity that goes by e-mail: `page`, `warn` or `info`.',
    `one of ${severities.join(', ')}`,
  ),
  TODOKU_ALERT_HEARTBEAT_URL: optional(secretUrl(['https:', 'http:']), {
    meaning:
      'Asked for once a minute while the system is well: a watcher outside (healthchecks.io and the like) raises the alarm when it is not.',
    fallbackMeaning: 'nobody outside watches',
    expected: 'an https URL (http only on this machine)',
  }),
  TODOKU_ALERT_HEARTBEAT_METHOD: required(z.enum(['GET', 'POST']), 'GET', 'How it is asked for: `GET` or `POST`.', 'one of GET, POST'),
  OTEL_EXPORTER_OTLP_ENDPOINT: optional(url(['https:', 'http:']), {
    meaning: 'OpenTelemetry collector (OTLP over HTTP): traces are posted to /v1/traces there. See tracing.md.',
    fallbackMeaning: 'nothing is traced',
    expected: 'a URL such as http://localhost:4318',
  }),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: optional(url(['https:', 'http:']), {
    meaning: 'The same for traces alone, with its whole path.',
    fallbackMeaning: 'OTEL_EXPORTER_OTLP_ENDPOINT and /v1/traces',
    expected: 'a URL such as http://localhost:4318/v1/traces',
  }),
  OTEL_EXPORTER_OTLP_HEADERS: optional(
    pairs().transform((text) => new Secret(text)),
    {
      meaning: 'Sent to the collector: `name=value`, with commas between, values percent-encoded.',
      fallbackMeaning: 'none',
      expected: 'a list such as authorization=Bearer%20abc,x-team=push',
    },
  ),
  OTEL_SERVICE_NAME: required(z.string(), 'todoku', 'What traces call this system.', 'a name'),
  OTEL_RESOURCE_ATTRIBUTES: optional(pairs(), {
    meaning: 'Told with every trace, in the same form.',
    fallbackMeaning: 'none',
    expected: 'a list such as deployment.environment.name=production',
  }),
  OTEL_TRACES_SAMPLER: required(
    z.enum(samplers),
    'parentbased_traceidratio',
    'Which traces are recorded. `parentbased_…`: as the caller says, where it says.',
    `one of ${samplers.join(', ')}`,
  ),
  OTEL_TRACES_SAMPLER_ARG: required(
    z
      .string()
      .regex(/^\d*\.?\d+$/)
      .transform(Number)
      .pipe(z.number().max(1)),
    '1',
    'The share that `traceidratio` records.',
    'a number from 0 to 1',
  ),
  OTEL_SDK_DISABLED: required(flag(), 'false', 'true: nothing is traced, whatever else is set.', 'true or false'),
  TODOKU_REPORTS: optional(list(['daily', 'weekly', 'monthly']), {
    meaning:
      'Reports that are sent by themselves, by the routes of alerts and in their language: `daily`, `weekly` (of Monday to Sunday), `monthly`.',
    fallbackMeaning: 'none',
    expected: 'daily, weekly, monthly or several of them, with commas between',
  }),
  TODOKU_REPORTS_AT: required(
    clockTime(),
    '09:00',
    "When a report goes out on the day after its last one, on the clocks of the policy's default time zone.",
    'a time of day such as 09:00',
  ),
  TODOKU_REPORTS_ROUTES: optional(list(['log', 'webhook', 'slack', 'email']), {
    meaning: 'By which routes reports are sent.',
    fallbackMeaning: 'every route of alerts that is set',
    expected: 'log, webhook, slack, email or several of them, with commas between',
  }),
  TODOKU_STORAGE_LIMIT_GB: optional(wholeNumber(1, 1_000_000), {
    meaning: 'How much the database may hold, in GB (10^9 bytes): reports then say when it will be full.',
    fallbackMeaning: 'reports say that they do not know',
    expected: 'a whole number from 1 to 1000000',
  }),
  TODOKU_RATE_LIMIT: required(
    flag(),
    'true',
    'false: signed-in users and wrong credentials are not limited, and the provider budget of each project is not kept. For benchmarks against the simulator only.',
    'true or false',
  ),
  TODOKU_DB_POOL_API: required(wholeNumber(1, 500), '10', 'Most database connections for the API.', 'a whole number from 1 to 500'),
  TODOKU_DB_POOL_WORKER: required(
    wholeNumber(1, 500),
    '12',
    'Most database connections for the worker. From 8 on, three of them are for critical notifications alone.',
    'a whole number from 1 to 500',
  ),
  TODOKU_DELIVERY_SLOTS: required(
    wholeNumber(1, 200),
    '12',
    'Chunks that one worker sends at the same time.',
    'a whole number from 1 to 200',
  ),
  TODOKU_CHUNK_SIZE: required(
    wholeNumber(1, 100),
    '100',
    'Most deliveries in a chunk, which is one request.',
    'a whole number from 1 to 100',
  ),
  TODOKU_LEASE_SECONDS: required(
    wholeNumber(5, 3_600),
    '60',
    'How long a worker owns a chunk. A chunk whose worker died is taken up again after this.',
    'a whole number from 5 to 3600, at least 5 seconds more than TODOKU_REQUEST_DEADLINE_MS',
  ),
  TODOKU_REQUEST_DEADLINE_MS: required(
    wholeNumber(100, 120_000),
    '30000',
    'Most milliseconds for one request to a provider, connecting and reading the answer included.',
    'a whole number from 100 to 120000',
  ),
  TODOKU_PLANNING_BATCH: required(
    wholeNumber(1, 20_000),
    '2000',
    'Most notifications planned in one transaction.',
    'a whole number from 1 to 20000',
  ),
  TODOKU_OUTBOX_POLL_MS: required(
    wholeNumber(10, 60_000),
    '1000',
    'Planning looks for new notifications this often when no wake-up comes.',
    'a whole number from 10 to 60000',
  ),
  TODOKU_QUEUE_POLL_MS: required(
    wholeNumber(10, 60_000),
    '1000',
    'Delivery looks for due chunks this often when no wake-up comes.',
    'a whole number from 10 to 60000',
  ),
  TODOKU_RECEIPT_POLL_MS: required(
    wholeNumber(10, 600_000),
    '5000',
    'Receipts that are due are looked for this often.',
    'a whole number from 10 to 600000',
  ),
  TODOKU_RECEIPT_DELAY_SECONDS: required(
    wholeNumber(0, 43_200),
    '900',
    'A receipt is fetched this long after its ticket. Expo says 15 minutes.',
    'a whole number from 0 to 43200',
  ),
  TODOKU_SHUTDOWN_SECONDS: required(
    wholeNumber(1, 600),
    '40',
    'SIGTERM waits this long for requests under way before it gives up.',
    'a whole number from 1 to 600',
  ),
} as const;

function required<Value>(schema: z.ZodType<Value, string>, fallback: string, meaning: string, expected: string) {
  return { schema, fallback, meaning, expected } satisfies Setting<Value>;
}

function optional<Value>(
  schema: z.ZodType<Value, string>,
  texts: { readonly meaning: string; readonly fallbackMeaning: string; readonly expected: string },
) {
  return { schema, fallback: null, ...texts } satisfies Setting<Value>;
}

function wholeNumber(low: number, high: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.number().min(low).max(high));
}

/** Minutes since midnight. */
function clockTime() {
  return z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));
}

function flag() {
  return z.enum(['true', 'false', '1', '0', 'on', 'off', 'yes', 'no']).transform((text) => ['true', '1', 'on', 'yes'].includes(text));
}

function list<const Item extends string>(items: readonly [Item, ...Item[]]) {
  return z
    .string()
    .transform((text) => [...new Set(text.split(',').map((item) => item.trim()))])
    .pipe(z.array(z.enum(items)).min(1));
}

function url(protocols: readonly string[]) {
  return z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol));
}

function pairs() {
  return z.string().refine((text) => parsePairs(text) !== null);
}

function secretUrl(protocols: readonly string[]) {
  return url(protocols).transform((text) => new Secret(text));
}

function addresses() {
  return z
    .string()
    .transform((text) => [...new Set(text.split(',').map((one) => one.trim()))])
    .pipe(z.array(z.string().regex(address)).min(1).max(50));
}

function keySet() {
  return z.string().transform((text, context): KeySet => {
    const parsed = parseKeys(text);
    if (parsed.ok) return parsed.keys;
    context.addIssue({ code: 'custom', message: parsed.problem });
    return z.NEVER;
  });
}
