import { mkdir } from 'node:fs/promises';
import { startSimulator } from '@todoku/simulator';
import { systemClock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import { openStore } from '../database/open-store.js';
import { createLogger } from '../logging/create-logger.js';
import type { Logger } from '../logging/logger.js';
import { sendSampleTraffic } from '../operations/sample-traffic.js';
import { type Phase, runPhases } from '../operations/shutdown.js';
import { ensureAdminKey } from '../security/admin-key-file.js';
import { type Foundation, openFoundation, type Surroundings, startWorker } from '../system.js';

/** What is open, the last first: the order in which it is closed. */
type Opened = Phase[];

const CLOSE_MS = 10_000;

/**
 * Runs the system until a signal ends it. Whatever was opened is closed in reverse order, each in its time, also when the start fails half-way:
 * there is no partial start. Resolves to the process's exit code.
 */
export async function runServe(config: Config): Promise<number> {
  const { logger: log } = createLogger({ level: config.logLevel, instance: config.instance, pretty: process.stdout.isTTY });
  const opened: Opened = [];
  const ended = untilSignal(log);
  try {
    await start(config, log, opened);
  } catch (error) {
    await runPhases(opened, log);
    throw error;
  }
  await ended;
  log.info({ seconds: config.shutdownSeconds }, 'stopping: what is on the wire finishes first');
  const unfinished = await runPhases(opened, log);
  return unfinished.length === 0 ? 0 : 1;
}

async function start(config: Config, log: Logger, opened: Opened): Promise<void> {
  const onStop = (name: string, run: () => Promise<void>, timeoutMs = CLOSE_MS): void => {
    opened.unshift({ name, timeoutMs, run });
  };
  await mkdir(config.dataDirectory, { recursive: true });
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
  const adminKey = await ensureAdminKey(config.dataDirectory, foundation.database, log);

  if (config.roles.includes('worker')) {
    const worker = await startWorker(config, surroundings, foundation);
    onStop('worker', () => worker.stop(), config.shutdownSeconds * 1000);
  }
  await tell(config, foundation, adminKey.path);
}

async function tell(config: Config, foundation: Foundation, adminKeyPath: string): Promise<void> {
  const lines = [
    `Todoku is running${config.sandbox ? ' in the sandbox: pushes go to the built-in simulator, no phone gets anything' : ''}.`,
    `  Admin key in     ${adminKeyPath}`,
    '  Where they are   npx todoku ledger',
  ];
  if (config.sandbox) {
    const sent = await sendSampleTraffic(foundation.database, foundation.pushTokenManager);
    if (sent > 0) lines.push(`  Sample traffic   ${sent} notifications inserted`);
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Resolves at the first SIGINT or SIGTERM; the second one ends the process at once. */
function untilSignal(log: Logger): Promise<void> {
  return new Promise((resolve) => {
    let signals = 0;
    const onSignal = (signal: NodeJS.Signals): void => {
      signals++;
      log.info({ signal }, signals === 1 ? 'signal received' : 'second signal: ending at once');
      if (signals > 1) process.exit(1);
      resolve();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}
