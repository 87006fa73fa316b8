/** A process that has an embedded Postgres until it is killed; the data directory is its argument. */
import { startEmbeddedPostgres } from '../../src/database/embedded/launcher.js';
import { silentLogger } from '../../src/logging/logger.js';

const postgres = await startEmbeddedPostgres({ dataDir: process.argv[2] ?? '', log: silentLogger, throwAway: true });
process.stdout.write(`${postgres.url}\n`);
setInterval(() => undefined, 1_000_000);
