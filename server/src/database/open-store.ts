import type { Config } from '../config/config.js';
import type { Logger } from '../logging/logger.js';
import { startEmbeddedPostgres } from './embedded/launcher.js';
import { migrate } from './migrate.js';

/** A migrated database and where it is. The URL is the owner's: it carries a password and is never logged. */
export interface Store {
  readonly url: string;
  readonly embedded: boolean;
  close(): Promise<void>;
}

/** The configured Postgres, or the embedded one, brought to the schema of this checkout. */
export async function openStore(config: Config, log: Logger): Promise<Store> {
  const store = await findStore(config, log);
  try {
    await migrate({ url: store.url, log });
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function findStore(config: Config, log: Logger): Promise<Store> {
  if (config.database.url !== null) return { url: config.database.url.reveal(), embedded: false, close: async () => undefined };
  const postgres = await startEmbeddedPostgres({ dataDir: config.dataDirectory, log });
  return { url: postgres.url, embedded: true, close: () => postgres.stop() };
}
