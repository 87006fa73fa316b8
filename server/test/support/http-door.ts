import { createSecretKey, randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { SignJWT } from 'jose';
import { Registry } from 'prom-client';
import { type Clock, systemClock } from '../../src/clock/clock.js';
import { loadConfig } from '../../src/config/load-config.js';
import { Secret } from '../../src/config/secret.js';
import type { Database } from '../../src/database/database.js';
import { migrationsDirectory, readMigrations, readSchema } from '../../src/database/migration-files.js';
import { CallerLimits } from '../../src/http/caller-limits.js';
import { createHttpServer } from '../../src/http/create-http-server.js';
import type { HttpParts } from '../../src/http/http-parts.js';
import { silentLogger } from '../../src/logging/logger.js';
import { AlertManager } from '../../src/monitoring/alerts/alert-manager.js';
import { ReportDesk } from '../../src/monitoring/reports/report-desk.js';
import { BroadcastManager } from '../../src/notifications/broadcasts/broadcast-manager.js';
import { Inbox } from '../../src/notifications/inbox.js';
import { NotificationIntake } from '../../src/notifications/notification-intake.js';
import { NotificationService } from '../../src/notifications/notification-service.js';
import { ControlPanel } from '../../src/operations/controls.js';
import { ControlsCache } from '../../src/operations/controls-cache.js';
import type { DoctorParts } from '../../src/operations/doctor/finding.js';
import { runDoctor } from '../../src/operations/doctor/run-doctor.js';
import { SharedCaches } from '../../src/performance/caches/shared-caches.js';
import { LiveTuning } from '../../src/performance/live-tuning.js';
import { NotificationPerformanceOptimizer } from '../../src/performance/notification-performance-optimizer.js';
import { PolicyManager } from '../../src/planning/policy-manager.js';
import { isExpoToken } from '../../src/providers/expo/is-expo-token.js';
import { queueDepth } from '../../src/queue/postgres/queue-depth.js';
import type { QueueDepth } from '../../src/queue/queue-engine.js';
import type { Scope } from '../../src/security/api-key-store.js';
import { ApiKeys } from '../../src/security/api-keys.js';
import { parseKeys } from '../../src/security/key-text.js';
import type { Keyring } from '../../src/security/keyring.js';
import { LocalKeyring } from '../../src/security/local-keyring.js';
import { UserTokenVerifier } from '../../src/security/user-jwt.js';
import { PushTokenManager } from '../../src/tokens/push-token-manager.js';
import type { IntakeTraces } from '../../src/tracing/intake-traces.js';
import { DocumentedAnswers } from './documented-answers.js';

const jwtSecret = 'a-shared-secret-of-more-than-32-characters';

export interface Answer {
  readonly status: number;
  // Tests look at whatever came.
  readonly body: unknown;
  readonly headers: Headers;
}

export interface CallOptions {
  /** Credential; null: none. */
  readonly as?: string | null;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly text?: string | Buffer;
  readonly headers?: Record<string, string>;
}

export interface DoorOptions {
  readonly clock?: Clock;
  readonly pushEnabled?: boolean;
  /** Of the workers beside it, if there are any. */
  readonly keyring?: Keyring;
  readonly traces?: IntakeTraces | undefined;
}

/** A real server on a port of its own, in front of a database, with a key of each scope. */
export class HttpDoor {
  readonly app: FastifyInstance;
  readonly parts: HttpParts;
  readonly url: string;
  /** API keys by scope. */
  readonly keys: Readonly<Record<Scope, string>>;

  readonly #documented: DocumentedAnswers;

  private constructor(app: FastifyInstance, parts: HttpParts, url: string, keys: Record<Scope, string>) {
    this.app = app;
    this.parts = parts;
    this.url = url;
    this.keys = keys;
    this.#documented = new DocumentedAnswers(app.swagger());
  }

  static async open(database: Database, options: DoorOptions = {}): Promise<HttpDoor> {
    const parts = httpParts(database, options);
    const key = async (scope: Scope): Promise<string> =>
      (await parts.apiKeys.create({ name: scope, scopes: [scope] }, { actor: 'test', reason: 'test' })).text;
    return await HttpDoor.withParts(parts, { send: await key('send'), operate: await key('operate'), admin: await key('admin') });
  }

  /** In front of anything; without keys of its own. */
  static async withParts(parts: HttpParts, keys: Record<Scope, string> = { send: '', operate: '', admin: '' }): Promise<HttpDoor> {
    const app = await createHttpServer({ ...parts, metrics: new Registry() });
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    return new HttpDoor(app, parts, url, keys);
  }

  /** A user's token as Supabase Auth issues it. */
  async signIn(userId: string = randomUUID()): Promise<string> {
    return await new SignJWT({ role: 'authenticated' })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(userId)
      .setAudience('authenticated')
      .setExpirationTime('1h')
      .sign(createSecretKey(jwtSecret, 'utf8'));
  }

  /** Throws when the answer is not what the API's description says. */
  async call(method: string, path: string, { as = null, body, text, headers = {} }: CallOptions = {}): Promise<Answer> {
    const payload = text ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(as === null ? {} : { authorization: `Bearer ${as}` }),
        ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(payload === undefined ? {} : { body: payload }),
    });
    const answer = parsed(await response.text());
    const fault = this.#documented.fault(method, path, response.status, answer);
    if (fault !== null) throw new Error(fault);
    return { status: response.status, body: answer, headers: response.headers };
  }

  get(path: string, as: string | null): Promise<Answer> {
    return this.call('GET', path, { as });
  }

  post(path: string, as: string | null, body?: unknown): Promise<Answer> {
    return this.call('POST', path, { as, body });
  }

  async close(): Promise<void> {
    await this.app.close();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function httpParts(
  database: Database,
  { clock = systemClock, pushEnabled = true, keyring = ownKeyring(), traces }: DoorOptions = {},
): HttpParts {
  const controls = new ControlsCache(database, clock.monotonic, 0);
  const defaults = { slots: 8, chunkSize: 100 };
  const tuning = new LiveTuning({ database, defaults, log: silentLogger });
  const caches = new SharedCaches({ database, tuning });
  const userTokens = { secret: new Secret(jwtSecret), jwksUrl: null, issuer: null, audience: 'authenticated' };
  return {
    database,
    clock,
    log: silentLogger,
    metrics: new Registry(),
    apiKeys: new ApiKeys({ database, clock, log: silentLogger }),
    limits: new CallerLimits(clock),
    userTokens: new UserTokenVerifier(userTokens, clock, silentLogger),
    notificationService: new NotificationService({
      database,
      intake: new NotificationIntake(database),
      controls,
      pushEnabled,
      clock,
      traces,
    }),
    broadcastManager: new BroadcastManager(database),
    pushTokenManager: new PushTokenManager({
      database,
      keyring,
      providers: [{ name: 'expo', isToken: isExpoToken }],
      log: silentLogger,
      cache: caches.tokens,
    }),
    providers: [],
    doctor: () => runDoctor(doctorParts(clock), database),
    inbox: new Inbox(database, caches.notifications),
    caches,
    controlPanel: new ControlPanel(database),
    controls,
    queue: { depth: () => database.query<QueueDepth & object>(queueDepth) },
    policyManager: new PolicyManager(database),
    alertManager: new AlertManager(database),
    reportDesk: new ReportDesk(database),
    notificationPerformanceOptimizer: new NotificationPerformanceOptimizer({ database, tuning, defaults, log: silentLogger }),
    migrations: readMigrations(migrationsDirectory).map(({ version }) => version),
    sends: true,
    version: '0.0.0-test',
  };
}

function doctorParts(clock: Clock): DoctorParts {
  const config = loadConfig({ TODOKU_DATA_DIR: '/nonexistent' });
  const providerTime = async (): Promise<null> => null;
  const migrations = readMigrations(migrationsDirectory);
  return { config, configProblem: null, clock, providers: [], providerTime, migrations, schema: readSchema() };
}

function ownKeyring(): Keyring {
  const parsed = parseKeys(`1:${Buffer.alloc(32, 1).toString('base64')},index:${Buffer.alloc(32, 2).toString('base64')}`);
  if (!parsed.ok) throw new Error(parsed.problem);
  return new LocalKeyring(parsed.keys);
}
