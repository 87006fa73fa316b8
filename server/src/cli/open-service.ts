import type { Config } from '../config/config.js';
import type { Database } from '../database/database.js';
import type { NotificationService } from '../notifications/notification-service.js';
import type { Cli } from './cli.js';

/** The service that takes notifications in, on the running system's database. */
export async function openService(cli: Cli, database: Database, config: Config): Promise<NotificationService> {
  const { NotificationService: Service } = await import('../notifications/notification-service.js');
  const { NotificationIntake } = await import('../notifications/notification-intake.js');
  const { ControlsCache } = await import('../operations/controls-cache.js');
  const { systemClock } = await import('../clock/clock.js');
  return new Service({
    database,
    intake: new NotificationIntake(database),
    controls: new ControlsCache(database, systemClock.monotonic),
    pushEnabled: config.pushEnabled,
    clock: systemClock,
    actor: cli.actor,
  });
}
