import type { Database } from '../database/database.js';
import { describeError } from '../logging/describe-error.js';
import type { Logger } from '../logging/logger.js';
import { logNotificationError } from '../logging/notification-error.js';
import { recordAct } from '../security/audit.js';
import type { PushTokenManager } from '../tokens/push-token-manager.js';
import type { By, NotificationQueueManager } from './notification-queue-manager.js';

interface RecoveryStep {
  readonly step: 'resume' | 'retry' | 'validate_tokens';
  readonly ok: boolean;
  /** What it came to, or what went wrong. */
  readonly result: unknown;
}

export interface Recovery {
  readonly ok: boolean;
  readonly steps: readonly RecoveryStep[];
}

export interface RecoveryParts {
  readonly database: Database;
  readonly queue: Pick<NotificationQueueManager, 'resumeProcessing' | 'retryFailedNotifications'>;
  readonly tokens: Pick<PushTokenManager, 'validateAllTokens'>;
  readonly log: Logger;
}

/**
 * Ends a pause, queues again what failed within a day and may still arrive, and reads every token. An emergency stop stays: whoever stopped
 * everything has to say that it is over. Each step is tried whatever became of the others; when one fails, the alert `recovery-failed` fires.
 */
export async function autoRecovery({ database, queue, tokens, log }: RecoveryParts, by: By): Promise<Recovery> {
  const steps: RecoveryStep[] = [];
  const attempt = async (step: RecoveryStep['step'], work: () => Promise<unknown>): Promise<void> => {
    try {
      steps.push({ step, ok: true, result: await work() });
    } catch (error) {
      logNotificationError(log, 'RECOVERY_FAILED', 'recovery failed', { step, error: describeError(error) });
      steps.push({ step, ok: false, result: error instanceof Error ? error.message : String(error) });
    }
  };
  await attempt('resume', async () => {
    const { paused, emergency, pushesEnabled } = await queue.resumeProcessing(by);
    return { paused, emergency, pushesEnabled };
  });
  await attempt('retry', () => queue.retryFailedNotifications({ by }));
  await attempt('validate_tokens', async () => {
    const { checked, problemCount } = await tokens.validateAllTokens();
    return { checked, problemCount };
  });
  const recovery = { ok: steps.every(({ ok }) => ok), steps };
  // What can't be stored now is in the log, and an outside watcher hears of a database that is gone.
  await recordRecovery(database, recovery, by).catch((error: unknown) =>
    logNotificationError(log, 'RECOVERY_NOT_RECORDED', 'the recovery could not be recorded', { error: describeError(error) }),
  );
  return recovery;
}

async function recordRecovery(database: Database, { ok, steps }: Recovery, by: By): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.query('insert into push.recoveries (actor, ok, steps) values ($1, $2, $3)', [by.actor, ok, JSON.stringify(steps)]);
    await recordAct(tx, { ...by, action: 'system.recover', target: 'system', details: { ok } });
  });
}
