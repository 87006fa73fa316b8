import { alertRoutes } from './checks/alert-routes.js';
import { appliedMigrations } from './checks/applied-migrations.js';
import { clocks } from './checks/clocks.js';
import { configuration } from './checks/configuration.js';
import { connections } from './checks/connections.js';
import { databaseSettings } from './checks/database-settings.js';
import { disk } from './checks/disk.js';
import { holdingBack } from './checks/holding-back.js';
import { indexes } from './checks/indexes.js';
import { keys } from './checks/keys.js';
import { partitions } from './checks/partitions.js';
import { processes } from './checks/processes.js';
import { providerAccess } from './checks/provider-access.js';
import { pushTrigger } from './checks/push-trigger.js';
import { roles } from './checks/roles.js';
import { rowSecurity } from './checks/row-security.js';
import { schema } from './checks/schema.js';
import { secretFiles } from './checks/secret-files.js';
import { slowQueries } from './checks/slow-queries.js';
import { switches } from './checks/switches.js';
import { tables } from './checks/tables.js';
import { timeZones } from './checks/time-zones.js';
import { webhooks } from './checks/webhooks.js';
import { wraparound } from './checks/wraparound.js';
import type { Check } from './finding.js';

/** In the order in which they are shown: what everything else stands on first. */
export const checks: readonly Check[] = [
  ...[configuration, secretFiles, keys, disk, clocks, timeZones, providerAccess],
  ...[databaseSettings, connections, appliedMigrations, schema, pushTrigger, webhooks, rowSecurity, roles],
  ...[indexes, tables, wraparound, holdingBack, partitions, slowQueries],
  ...[processes, switches, alertRoutes],
];
