import { setTimeout as delay } from 'node:timers/promises';
import { Client, escapeIdentifier } from 'pg';
import type { Logger } from '../../logging/logger.js';
import { makeRunnable } from './account.js';
import { findBinaries } from './binaries.js';
import { type Access, newAccess, readAccess, urlOf, writeAccess } from './connection-file.js';
import { adjustCluster, clusterExists, createCluster, makeFolders, type Paths, pathsIn } from './data-directory.js';
import { EmbeddedPostgresError, useYourOwn } from './embedded-error.js';
import { withLockFile } from './lock-file.js';
import {
  becomesReady,
  findPostmaster,
  freePort,
  isRunning,
  type Postmaster,
  startMessages,
  startPostmaster,
  stopPostmaster,
} from './postmaster.js';
import { embeddedSettings, throwAwaySettings } from './settings.js';
import { countUsers, registerUser } from './users.js';

export interface EmbeddedOptions {
  /** Made when missing. Everything of the server is kept under it. */
  readonly dataDir: string;
  readonly log: Logger;
  /** A Postgres installation (the folder above its `bin`) to use instead of the packaged one. */
  readonly installation?: string;
  /** For tests: faster, and worthless after a power cut. */
  readonly throwAway?: boolean;
}

export interface EmbeddedPostgres {
  /** With the owner's name and password in it: never log it. */
  readonly url: string;
  /** It was running already: another process uses it too, or one that was killed left it. */
  readonly adopted: boolean;
  /** Stops the server unless another process still uses it. */
  stop(): Promise<void>;
}

const lockWaitMs = 120_000;
const startAttempts = 5;
const retryPauseMs = 200;
const watchMs = 1_000;

/**
 * A Postgres server of our own, for whoever has none. It is a process apart: when this process is killed it stays, and the next start
 * adopts it; when the server dies, it is started again on the same port. All users of one data directory share one server, and the
 * last one to leave stops it. Throws `EmbeddedPostgresError`.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { log } = options;
  const paths = pathsIn(options.dataDir);
  makeFolders(paths);
  const exclusively = <T>(work: () => Promise<T>): Promise<T> => withLockFile(paths.lockFile, lockWaitMs, work);
  const { running, unregister } = await exclusively(async () => ({
    running: await ensureRunning(paths, options),
    unregister: registerUser(paths),
  }));
  const { access, adopted } = running;
  let postmaster = running.postmaster;
  log.info({ port: access.port, adopted }, adopted ? 'embedded Postgres found running' : 'embedded Postgres started');

  let reviving: Promise<void> | undefined;
  const revive = async (): Promise<void> => {
    log.error({ pid: postmaster.pid }, 'embedded Postgres died, starting it again');
    try {
      postmaster = (await exclusively(() => ensureRunning(paths, options, access.port))).postmaster;
      log.info({ pid: postmaster.pid }, 'embedded Postgres is back');
    } catch (error) {
      log.error({ err: error }, 'embedded Postgres could not be started again, trying on');
    }
    reviving = undefined;
  };
  const watch = setInterval(() => {
    if (!isRunning(postmaster)) reviving ??= revive();
  }, watchMs).unref();

  return {
    url: urlOf(access),
    adopted,
    async stop() {
      clearInterval(watch);
      await reviving;
      await exclusively(async () => {
        unregister();
        if (countUsers(paths) > 0) log.info({}, 'embedded Postgres left running for its other users');
        else await stopPostmaster(postmaster);
      });
    },
  };
}

interface Running {
  readonly access: Access;
  readonly postmaster: Postmaster;
  readonly adopted: boolean;
}

/** `onlyPort`: connections already point there. Call under the lock. */
async function ensureRunning(paths: Paths, options: EmbeddedOptions, onlyPort?: number): Promise<Running> {
  const found = findPostmaster(paths);
  const known = readAccess(paths);
  if (found !== undefined && known !== undefined && (await becomesReady(found, known))) {
    const access = { ...known, port: found.port };
    await ensureDatabase(access);
    return { access, postmaster: found, adopted: true };
  }
  if (known === undefined && clusterExists(paths)) {
    throw new EmbeddedPostgresError(
      `${paths.connectionFile} with the password is gone, but ${paths.cluster} holds data. Put the file back, or move ${paths.cluster} away.`,
    );
  }
  return start(paths, options, known ?? newAccess(), onlyPort);
}

async function start(paths: Paths, options: EmbeddedOptions, known: Access, onlyPort: number | undefined): Promise<Running> {
  const binaries = findBinaries(options.installation);
  if (binaries === undefined) {
    throw new EmbeddedPostgresError(
      `There is no Postgres for ${process.platform}-${process.arch} among the installed packages. ${useYourOwn}`,
    );
  }
  const runnable = makeRunnable(binaries, paths.dataDir);
  if (!clusterExists(paths)) {
    // The password first: a cluster without it is lost.
    writeAccess(paths, known);
    createCluster(paths, runnable, known.password, options.throwAway !== true);
  }
  adjustCluster(paths, runnable);
  const settings = options.throwAway === true ? { ...embeddedSettings, ...throwAwaySettings } : embeddedSettings;
  // The port may be taken at the last moment, and a killed server's children may still hold its memory for a while.
  for (let attempt = 1; attempt <= startAttempts; attempt += 1) {
    const port = onlyPort ?? (await freePort(known.port));
    const postmaster = startPostmaster(paths, runnable, port, settings);
    const access = { ...known, port };
    if (await becomesReady(postmaster, access)) {
      writeAccess(paths, access);
      await ensureDatabase(access);
      return { access, postmaster, adopted: false };
    }
    await delay(attempt * retryPauseMs);
  }
  throw new EmbeddedPostgresError(`Postgres did not start: ${startMessages(paths)}`);
}

async function ensureDatabase(access: Access): Promise<void> {
  const client = new Client({ connectionString: urlOf(access, 'postgres') });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const found = await client.query('select from pg_database where datname = $1', [access.database]);
    if (found.rowCount === 0) await client.query(`create database ${escapeIdentifier(access.database)}`);
  } finally {
    await client.end();
  }
}
