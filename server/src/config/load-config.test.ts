import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import type { TodokuError } from '../errors/todoku-error.js';
import { loadConfig } from './load-config.js';
import { type Setting, settings } from './settings.js';

const key = Buffer.alloc(32, 7).toString('base64');

function problems(env: Record<string, string>): string[] {
  try {
    loadConfig(env);
  } catch (error) {
    expect(error).toMatchObject({ code: 'CONFIGURATION_INVALID' });
    return (error as TodokuError).message.split('\n').slice(1);
  }
  return [];
}

it('needs nothing: an empty environment is a sandbox on this machine', () => {
  expect(loadConfig({})).toMatchObject({
    sandbox: true,
    instance: expect.stringMatching(/^.+:\d+$/),
    dataDirectory: expect.stringMatching(/^[/\\A-Z].*\.todoku$/),
    roles: ['api', 'worker'],
    logLevel: 'info',
    pushEnabled: true,
    rateLimit: true,
    database: { url: null },
    http: { host: '127.0.0.1', port: 4000 },
    expo: { accessToken: null, baseUrl: null },
    security: { keys: null, userTokens: { secret: null, jwksUrl: null, issuer: null, audience: 'authenticated' } },
    delivery: { leaseSeconds: 60, requestDeadlineMs: 30_000 },
    receipts: { delaySeconds: 900 },
  });
});

it('finds the same data folder wherever it is called from', () => {
  const checkout = fileURLToPath(new URL('../../../', import.meta.url));
  const folderOf = (folder: string) => loadConfig({ TODOKU_DATA_DIR: folder }).dataDirectory;
  expect(folderOf('')).toBe(join(checkout, '.todoku'));
  expect(folderOf('data/one')).toBe(join(checkout, 'data', 'one'));
  expect(folderOf('/srv/todoku')).toBe(resolve('/srv/todoku'));
});

it('takes an empty or blank variable as not set', () => {
  expect(loadConfig({ PORT: '', DATABASE_URL: ' ', EXPO_ACCESS_TOKEN: '' })).toMatchObject({ sandbox: true, http: { port: 4000 } });
});

it('reads what is set', () => {
  const config = loadConfig({
    DATABASE_URL: 'postgres://todoku:SECRET@db/app',
    EXPO_ACCESS_TOKEN: 'SECRET',
    TODOKU_ENCRYPTION_KEYS: `2:${key},1:${key}`,
    TODOKU_ROLES: 'worker',
    TODOKU_RATE_LIMIT: 'off',
    PUSH_NOTIFICATIONS_ENABLED: 'false',
  });
  expect(config).toMatchObject({ sandbox: false, roles: ['worker'], rateLimit: false, pushEnabled: false });
  expect(config.expo.baseUrl).toBe('https://exp.host');
  expect(config.database.url?.reveal()).toBe('postgres://todoku:SECRET@db/app');
  expect(config.security.keys?.keys.map(({ id }) => id)).toEqual([2, 1]);
});

it('is no sandbox as soon as it knows where Expo is', () => {
  expect(loadConfig({ EXPO_BASE_URL: 'http://simulator:4100/' })).toMatchObject({
    sandbox: false,
    expo: { baseUrl: 'http://simulator:4100' },
  });
});

it('names every wrong variable at once, and what it should be', () => {
  expect(
    problems({
      PORT: '70000',
      DATABASE_URL: 'mysql://x',
      TODOKU_ROLES: 'api,boss',
      LOG_LEVEL: 'loud',
      TODOKU_RATE_LIMIT: 'maybe',
      TODOKU_CHUNK_SIZE: '1e2',
      TODOKU_ENCRYPTION_KEYS: `1:${key},1:${key}`,
      SUPABASE_JWT_SECRET: 'short',
      TODOKU_LEASE_SECONDS: '10',
    }),
  ).toEqual([
    '- DATABASE_URL has to be a URL such as postgres://user:password@host:5432/database.',
    '- PORT has to be a whole number from 0 to 65535.',
    '- TODOKU_ROLES has to be api, worker or both, with a comma between.',
    '- LOG_LEVEL has to be one of trace, debug, info, warn, error, fatal.',
    '- TODOKU_ENCRYPTION_KEYS has to be a list such as 1:<base64 of 32 bytes>,index:<base64 of 32 bytes>: entry 2 repeats the id 1.',
    '- SUPABASE_JWT_SECRET has to be at least 32 characters.',
    '- TODOKU_RATE_LIMIT has to be true or false.',
    '- TODOKU_CHUNK_SIZE has to be a whole number from 1 to 100.',
    '- TODOKU_LEASE_SECONDS has to be at least 5 seconds more than TODOKU_REQUEST_DEADLINE_MS.',
  ]);
});

it('sends no secret and trusts no key over an open line', () => {
  expect(
    problems({ SUPABASE_JWKS_URL: 'http://auth.example/jwks.json', EXPO_ACCESS_TOKEN: 'x', EXPO_BASE_URL: 'http://exp.example' }),
  ).toEqual([expect.stringMatching(/^- SUPABASE_JWKS_URL /), expect.stringMatching(/^- EXPO_BASE_URL /)]);
  expect(
    problems({ SUPABASE_JWKS_URL: 'http://127.0.0.1:1/jwks.json', EXPO_ACCESS_TOKEN: 'x', EXPO_BASE_URL: 'http://localhost:2' }),
  ).toEqual([]);
});

it('takes ways out for alerts whole or not at all, with secrets that do not print', () => {
  const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
  const whole = {
    TODOKU_PUBLIC_URL: 'https://push.example/',
    TODOKU_ALERT_WEBHOOK_URL: 'https://hooks.example/todoku',
    TODOKU_ALERT_WEBHOOK_SECRET: secret,
    TODOKU_ALERT_SMTP_URL: 'smtps://user:password@mail.example',
    TODOKU_ALERT_EMAIL_FROM: 'todoku@example.com',
    TODOKU_ALERT_EMAIL_TO: 'a@example.com, b@example.com,a@example.com',
  };
  const { alerts } = loadConfig(whole);
  expect(alerts).toMatchObject({
    ...{ publicUrl: 'https://push.example', language: 'en', remindMinutes: 30, slack: null, heartbeat: null },
    webhook: { minSeverity: 'info' },
    email: { from: 'todoku@example.com', to: ['a@example.com', 'b@example.com'], minSeverity: 'warn' },
  });
  expect(JSON.stringify(alerts)).not.toMatch(/whsec|hooks\.example|password/);
  expect(problems({ ...whole, TODOKU_ALERT_WEBHOOK_SECRET: '', TODOKU_ALERT_EMAIL_TO: '' })).toEqual([
    '- TODOKU_ALERT_WEBHOOK_SECRET has to be set, because TODOKU_ALERT_WEBHOOK_URL is.',
    '- TODOKU_ALERT_EMAIL_TO has to be set, because TODOKU_ALERT_SMTP_URL, TODOKU_ALERT_EMAIL_FROM is.',
  ]);
  expect(
    problems({
      TODOKU_ALERT_WEBHOOK_SECRET: 'whsec_short',
      TODOKU_ALERT_SLACK_URL: 'http://hooks.example/T0',
      TODOKU_ALERT_HEARTBEAT_URL: 'ftp://x',
      TODOKU_ALERT_EMAIL_TO: 'a@example.com,nobody',
      TODOKU_ALERT_SLACK_MIN: 'loud',
    }).map((problem) => problem.split(' ')[1]),
  ).toEqual(
    expect.arrayContaining([
      'TODOKU_ALERT_WEBHOOK_SECRET',
      'TODOKU_ALERT_SLACK_MIN',
      'TODOKU_ALERT_EMAIL_TO',
      'TODOKU_ALERT_HEARTBEAT_URL',
      'TODOKU_ALERT_SLACK_URL',
    ]),
  );
});

it('says which variables look misspelt', () => {
  expect(loadConfig({ TODOKU_DELIVRY_SLOTS: '3', PATH: '/bin' }).unknownVariables).toEqual(['TODOKU_DELIVRY_SLOTS']);
});

it('is frozen to the ground', () => {
  const config = loadConfig({ TODOKU_ENCRYPTION_KEYS: `1:${key}` });
  const frozen = (value: unknown): boolean =>
    typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));
  expect(frozen(config)).toBe(true);
});

it('does not print its secrets, nor put them in problems', () => {
  const env = {
    DATABASE_URL: 'postgres://u:SECRET@db/app',
    EXPO_ACCESS_TOKEN: 'SECRET',
    SUPABASE_JWT_SECRET: 'SECRETSECRETSECRETSECRETSECRETSECRET',
    TODOKU_ENCRYPTION_KEYS: `1:${key}`,
  };
  const config = loadConfig(env);
  const printed = `${inspect(config, { depth: 9 })} ${JSON.stringify(config)} ${config.database.url}`;
  expect(printed).not.toMatch(/SECRET|07 07 07|BwcHBwcH/);
  expect(problems({ ...env, DATABASE_URL: 'SECRET', TODOKU_ENCRYPTION_KEYS: 'SECRET:SECRET', PORT: 'SECRET' }).join()).not.toContain(
    'SECRET',
  );
});

it('is documented: docs/configuration.md holds every variable', async () => {
  const page = await readFile(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const rows = Object.entries<Setting<unknown>>(settings).map(([name, setting]) => {
    const fallback = setting.fallback === null ? cell(setting.fallbackMeaning ?? '') : `\`${setting.fallback}\``;
    return `| \`${name}\` | ${fallback} | ${cell(setting.meaning)} |`;
  });
  // When this fails, put the expected lines into the page.
  expect(page.split('\n').filter((line) => line.startsWith('| `'))).toEqual(rows);
});
