import type { Config } from '../config/config.js';
import type { Database } from '../database/database.js';
import type { PushTokenManager } from '../tokens/push-token-manager.js';
import type { Cli } from './cli.js';
import { stderrLogger } from './stderr-logger.js';

/** With the keys: tokens are shown masked, and for that they are read. */
export async function tokenManager(database: Database, config: Config, cli: Cli): Promise<PushTokenManager> {
  const { PushTokenManager: Manager } = await import('../tokens/push-token-manager.js');
  const { openKeyring } = await import('../security/open-keyring.js');
  const { isExpoToken } = await import('../providers/expo/is-expo-token.js');
  const log = stderrLogger(cli.terminal);
  const { dataDirectory } = config;
  const keyring = await openKeyring({ keys: config.security.keys, dataDirectory, database, log });
  return new Manager({ database, keyring, providers: [{ name: 'expo', isToken: isExpoToken }], log, actor: cli.actor });
}
