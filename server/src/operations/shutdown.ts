import { describeError } from '../logging/describe-error.js';
import type { Logger } from '../logging/logger.js';
import { logNotificationError } from '../logging/notification-error.js';

export interface Phase {
  readonly name: string;
  /** What this phase may take; the next one begins then, whatever has become of it. */
  readonly timeoutMs: number;
  readonly run: () => Promise<void>;
}

/**
 * Stops in order: each phase in its time, none skipped because an earlier one failed or hung. Resolves to the names of those that did not
 * finish.
 */
export async function runPhases(phases: readonly Phase[], log: Logger): Promise<string[]> {
  const unfinished: string[] = [];
  for (const phase of phases) {
    if (!(await finishes(phase, log))) unfinished.push(phase.name);
  }
  return unfinished;
}

async function finishes(phase: Phase, log: Logger): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => {
      const fields = { phase: phase.name, timeoutMs: phase.timeoutMs };
      logNotificationError(log, 'STOP_TOO_LONG', 'a stopping phase took too long, going on without it', fields);
      resolve(false);
    }, phase.timeoutMs);
  });
  try {
    return await Promise.race([phase.run().then(() => true), tooLong]);
  } catch (error) {
    logNotificationError(log, 'STOP_FAILED', 'a stopping phase failed', { phase: phase.name, error: describeError(error) });
    return false;
  } finally {
    clearTimeout(timer);
  }
}
