import type { AlertManager } from '../monitoring/alerts/alert-manager.js';
import type { Cli } from './cli.js';
import { withDatabase } from './open-database.js';

export async function withAlerts<T>(cli: Cli, work: (alerts: AlertManager) => Promise<T>): Promise<T> {
  const { AlertManager: Manager } = await import('../monitoring/alerts/alert-manager.js');
  return await withDatabase(cli, (database) => work(new Manager(database)));
}
