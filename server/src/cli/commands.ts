import type { Command } from 'commander';
import type { Cli } from './cli.js';
import { addAlerts } from './commands/alerts.js';
import { addAudit } from './commands/audit.js';
import { addBench } from './commands/bench.js';
import { addBroadcast } from './commands/broadcast.js';
import { addDoctor } from './commands/doctor.js';
import { addExplain } from './commands/explain.js';
import { addKeys } from './commands/keys.js';
import { addLedger } from './commands/ledger.js';
import { addLogs } from './commands/logs.js';
import { addMigrate } from './commands/migrate.js';
import { addMonitoring } from './commands/monitoring.js';
import { addPartitions } from './commands/partitions.js';
import { addPolicy } from './commands/policy.js';
import { addProject } from './commands/project.js';
import { addQueue } from './commands/queue.js';
import { addReconcile } from './commands/reconcile.js';
import { addRecover } from './commands/recover.js';
import { addRepl } from './commands/repl.js';
import { addReport } from './commands/report.js';
import { addSend } from './commands/send.js';
import { addServe } from './commands/serve.js';
import { addSettings } from './commands/settings.js';
import { addDatabaseUrl, addSql } from './commands/sql.js';
import { addStatus } from './commands/status.js';
import { addSwitches } from './commands/switches.js';
import { addTokens } from './commands/tokens.js';
import { addTuning } from './commands/tuning.js';
import { addTypes } from './commands/types.js';

/** Every command, in the order of the help. None of these imports what it works with before it is called: the help is there at once. */
export function addCommands(program: Command, cli: Cli): void {
  for (const add of [
    addServe,
    addMigrate,
    addSend,
    addStatus,
    addMonitoring,
    addReport,
    addLedger,
    addExplain,
    addReconcile,
    addDoctor,
    addAlerts,
    addRecover,
    addQueue,
    addSwitches,
    addProject,
    addBroadcast,
    addTokens,
    addSettings,
    addTypes,
    addPolicy,
    addTuning,
    addKeys,
    addAudit,
    addLogs,
    addPartitions,
    addBench,
    addRepl,
    addSql,
    addDatabaseUrl,
  ]) {
    add(program, cli);
  }
}
