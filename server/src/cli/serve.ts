import { setTimeout as delay } from 'node:timers/promises';
import { startSimulator } from '@todoku/simulator';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { systemClock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import { migrationsDirectory, readMigrations, readSchema } from '../database/migration-files.js';
import { openStore } from '../database/open-store.js';
import { TodokuError } from '../errors/todoku-error.js';
import { CallerLimits } from '../http/caller-limits.js';
import { createHttpServer } from '../http/create-http-server.js';
import { type AdjustableLogger, createLogger } from '../logging/create-logger.js';
import { describeError } from '../logging/describe-error.js';
import type { Logger } from '../logging/logger.js';
import { createMetrics } from '../monitoring/metrics.js';
import { runDoctor } from '../operations/doctor/run-doctor.js';
import { LogLevelFollower } from '../operations/log-level.js';
import { sendSampleTraffic } from '../operations/sample-traffic.js';
import { type Phase, runPhases } from '../operations/shutdown.js';
import { addTuningMetrics } from '../performance/tuning-metrics.js';
import { providerTime } from '../providers/provider-time.js';
import { queueDepth } from '../queue/postgres/queue-depth.js';
import type { QueueDepth } from '../queue/queue-engine.js';
import { ensureAdminKey } from '../security/admin-key-file.js';
import { ApiKeys } from '../security/api-keys.js';
import { UserTokenVerifier } from '../security/user-jwt.js';
import {
  beginHeartbeat,
  type Foundation,
  openFoundation,
  openManagers,
  type Surroundings,
  startAlertWatch,
  startWorker,
  VERSION,
} from '../system.js';
import { openTracing, type Tracing } from '../tracing/open-tracing.js';
import { fields } from './layout.js';
import { makeDataFolder } from './make-data-folder.js';
import { en, type Messages } from './messages/en.js';

/** What is open, the last first: the order in which it is closed. */
type Opened = Phase[];

const CLOSE_MS = 10_000;
/** A message may be on its way. */
const ALERTS_CLOSE_MS = 20_000;
/** How long a step of the start may take to come to its end after a signal: it may have begun something that has to be closed. */
const START_GIVE_UP_MS = 5_000;
const ADDRESS_ERRORS: ReadonlySet<string> = new Set(['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND']);

/**
 * Runs the system until a signal ends it. Whatever was opened is closed in reverse order, each in its time, also when the start fails or is
 * interrupted half-way: there is no partial start. Resolves to the process's exit code.
 */
export async function runServe(config: Config, messages: Messages = en): Promise<number> {
  const pretty = config.logFormat === null ? process.stdout.isTTY : config.logFormat === 'pretty';
  const logger = createLogger({ level: config.logLevel, instance: config.instance, pretty });
  const log = logger.logger;
  const opened: Opened = [];
  const stopping = new AbortController();
  const ended = untilSignal(log).then(() => stopping.abort());
  const starting = start(config, logger, opened, messages, stopping.signal);
  let left: string[] = [];
  try {
    await Promise.race([starting, ended]);
    if (stopping.signal.aborted) left = await untilStepEnds(starting, log);
  } catch (error) {
    await runPhases(opened, log);
    throw error;
  }
  await ended;
  log.info({ seconds: config.shutdownSeconds }, 'stopping: what is on the wire finishes first');
  left.push(...(await runPhases(opened, log)));
  log.info({ left }, left.length === 0 ? 'stopped' : 'stopped, with something left behind');
  return left.length === 0 ? 0 : 1;
}

/** A start that a signal has interrupted goes no further than the end of the step that it is in. Resolves to what did not come to an end. */
async function untilStepEnds(starting: Promise<void>, log: Logger): Promise<string[]> {
  const ends = starting.then(
    () => [],
    (error: unknown) => {
      if (!(error instanceof StartInterrupted)) log.warn({ error: describeError(error) }, 'the start failed while it was stopped');
      return [];
    },
  );
  return await Promise.race([ends, delay(START_GIVE_UP_MS, ['start'], { ref: false })]);
}

class StartInterrupted extends Error {
  override readonly name = 'StartInterrupted';
}

async function start(config: Config, logger: AdjustableLogger, opened: Opened, messages: Messages, stopping: AbortSignal): Promise<void> {
  const log = logger.logger;
  const onStop = (name: string, run: () => Promise<void>, timeoutMs = CLOSE_MS): void => {
    opened.unshift({ name, timeoutMs, run });
    if (stopping.aborted) throw new StartInterrupted('interrupted by a signal');
  };
  await makeDataFolder(config.dataDirectory);
  for (const name of config.unknownVariables) log.warn({ name }, 'this variable means nothing: is it misspelt?');
  const store = await openStore(config, log);
  onStop('database server', () => store.close());

  let sandboxUrl: string | null = null;
  if (config.sandbox) {
    const simulator = await startSimulator({ name: 'sandbox', ledger: 'counts' });
    onStop('simulator', () => simulator.close());
    sandboxUrl = simulator.url;
  }
  const surroundings: Surroundings = { databaseUrl: store.url, sandboxUrl, clock: systemClock, random: Math.random, log };
  const foundation = await openFoundation(config, surroundings);
  onStop('connections', () => foundation.close());
  const { database } = foundation;
  const tracing = await openTracing(config.tracing, { database, clock: systemClock, log, version: VERSION, instance: config.instance });
  if (tracing !== null) onStop('traces', () => tracing.close());
  const level = new LogLevelFollower({
    ...{ database: foundation.database, logger, log, base: config.logLevel, monotonic: systemClock.monotonic },
  });
  await level.start();
  onStop('log level', () => level.stop());
  const adminKey = await ensureAdminKey(config.dataDirectory, foundation.database, log);

  const metrics = createMetrics({ database: foundation.database, clock: surroundings.clock, log });
  addTuningMetrics(metrics.registry, foundation.tuning, () => foundation.caches.stats());
  if (config.roles.includes('worker')) {
    const worker = await startWorker(config, surroundings, foundation, metrics.delivery, tracing);
    onStop('worker', () => worker.stop(), config.shutdownSeconds * 1000);
  } else {
    const heartbeat = beginHeartbeat(config, surroundings, foundation, () => null);
    onStop('heartbeat', () => heartbeat.stop());
  }
  const watch = startAlertWatch(config, surroundings, foundation);
  onStop('alerts', () => watch.stop(), ALERTS_CLOSE_MS);
  let address: string | null = null;
  if (config.roles.includes('api')) {
    await foundation.caches.start();
    const server = await openDoor(config, surroundings, foundation, metrics.registry, tracing);
    onStop('http', () => server.close());
    address = await listen(server, config);
  }
  process.stdout.write(await greeting(config, foundation, adminKey.path, address, messages));
}

async function openDoor(
  config: Config,
  surroundings: Surroundings,
  foundation: Foundation,
  metrics: Registry,
  tracing: Tracing | null,
): Promise<FastifyInstance> {
  const { database, pushTokenManager, notificationPerformanceOptimizer, caches, providers } = foundation;
  const { clock, log } = surroundings;
  const migrations = readMigrations(migrationsDirectory);
  const doctorParts = {
    ...{ config, configProblem: null, clock, providers, migrations, schema: readSchema() },
    providerTime: () => providerTime(config.expo.baseUrl),
  };
  return await createHttpServer({
    ...openManagers(config, surroundings, foundation, tracing),
    database,
    pushTokenManager,
    providers,
    notificationPerformanceOptimizer,
    caches,
    clock,
    log,
    metrics,
    apiKeys: new ApiKeys({ database, clock, log }),
    doctor: () => runDoctor(doctorParts, database),
    limits: config.rateLimit ? new CallerLimits(clock) : null,
    userTokens: new UserTokenVerifier(config.security.userTokens, clock, log),
    queue: { depth: () => database.query<QueueDepth & object>(queueDepth) },
    migrations: migrations.map((migration) => migration.version),
    sends: config.roles.includes('worker'),
    version: VERSION,
  });
}

async function listen(server: FastifyInstance, { http }: Config): Promise<string> {
  try {
    return await server.listen({ host: http.host, port: http.port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || !ADDRESS_ERRORS.has(code)) throw error;
    const message = `PORT ${http.port} on HOST ${http.host} can't be listened on (${code}): is something else running there?`;
    throw new TodokuError('CONFIGURATION_INVALID', { message, cause: error });
  }
}

/** What is said once everything runs, with the sandbox's sample traffic on its way. */
async function greeting(
  config: Config,
  { database, pushTokenManager }: Foundation,
  adminKeyPath: string,
  address: string | null,
  { serve: says }: Messages,
): Promise<string> {
  const sent = config.sandbox ? await sendSampleTraffic(database, pushTokenManager) : 0;
  const rows = fields(
    [
      [says.api, address === null ? undefined : `${address}   (${says.documentation}: ${address}/docs)`],
      [says.adminKey, adminKeyPath],
      [says.ledger, 'npx todoku ledger'],
      [says.samples, sent === 0 ? undefined : says.sampled(sent)],
    ],
    '  ',
  );
  return `${config.sandbox ? says.sandbox : says.running}\n${rows}\n`;
}

/** One Ctrl-C under npm comes twice: from the terminal, and handed on by npm. */
const SAME_SIGNAL_MS = 500;

/** Resolves at the first SIGINT or SIGTERM; the next one, when it is meant as one, ends the process at once. */
function untilSignal(log: Logger): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (firstAt === undefined) {
        firstAt = performance.now();
        log.info({ signal }, 'signal received');
        resolve();
      } else if (performance.now() - firstAt > SAME_SIGNAL_MS) {
        log.info({ signal }, 'second signal: ending at once');
        process.exit(1);
      }
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}
