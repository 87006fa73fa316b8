import type { Database, Queryable } from '../database/database.js';
import { recordAct } from '../security/audit.js';
import type { AuditAction } from '../security/audit-actions.js';

/** The switches of the whole system, and who turned them. */
export interface Controls {
  /** Nothing goes on the wire; what comes in is planned and waits. */
  readonly paused: boolean;
  readonly pausedAt: Date | null;
  readonly pausedBy: string | null;
  readonly pausedReason: string | null;
  /** Nothing goes on the wire and nothing comes in by HTTP. */
  readonly emergency: boolean;
  readonly emergencyAt: Date | null;
  readonly emergencyBy: string | null;
  readonly emergencyReason: string | null;
  /** false: as in an emergency, but planned: the feature is off. */
  readonly pushesEnabled: boolean;
  readonly updatedAt: Date;
}

/** Who does it, and why; both go into the audit. */
interface By {
  readonly actor: string;
  readonly reason: string;
}

const columns = /* sql */ `
paused, paused_at as "pausedAt", paused_by as "pausedBy", paused_reason as "pausedReason",
emergency, emergency_at as "emergencyAt", emergency_by as "emergencyBy", emergency_reason as "emergencyReason",
pushes_enabled as "pushesEnabled", updated_at as "updatedAt"`;

export async function readControls(database: Queryable): Promise<Controls> {
  const [controls] = await database.query<Controls>(/* sql */ `select ${columns} from push.controls where id = 1`);
  if (controls === undefined) throw new Error('push.controls has lost its row');
  return controls;
}

/**
 * Turns the switches. When a call resolves the switch is in force for every claim from then on, in every process: the claim locks the same row.
 * What was claimed before may still be on the wire for one request's deadline.
 */
export class ControlPanel {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  read(): Promise<Controls> {
    return readControls(this.#database);
  }

  /** Who paused first and why stands, until it is resumed. */
  pause(by: By): Promise<Controls> {
    return this.#turn('queue.pause', by, 'paused = true, paused_at = clock_timestamp(), paused_by = $1, paused_reason = $2', 'not paused', [
      by.actor,
      by.reason,
    ]);
  }

  resume(by: By): Promise<Controls> {
    return this.#turn('queue.resume', by, 'paused = false, paused_at = null, paused_by = null, paused_reason = null', 'paused');
  }

  /** As a pause, and nothing is accepted by HTTP either. Who stopped first and why stands, until it is resumed. */
  emergencyStop(by: By): Promise<Controls> {
    const change = 'emergency = true, emergency_at = clock_timestamp(), emergency_by = $1, emergency_reason = $2';
    return this.#turn('emergency.stop', by, change, 'not emergency', [by.actor, by.reason]);
  }

  /** A pause, or pushes that are switched off, stay as they are. */
  emergencyResume(by: By): Promise<Controls> {
    const change = 'emergency = false, emergency_at = null, emergency_by = null, emergency_reason = null';
    return this.#turn('emergency.resume', by, change, 'emergency');
  }

  setPushesEnabled(enabled: boolean, by: By): Promise<Controls> {
    const action = enabled ? 'pushes.enable' : 'pushes.disable';
    return this.#turn(action, by, 'pushes_enabled = $1', 'pushes_enabled <> $1', [enabled]);
  }

  /** A switch that stands that way already is left alone, and nothing is audited: nothing was done. */
  async #turn(action: AuditAction, by: By, change: string, when: string, params: readonly unknown[] = []): Promise<Controls> {
    return await this.#database.transaction(async (tx) => {
      const changed = await tx.query(
        /* sql */ `update push.controls set ${change}, updated_at = clock_timestamp() where id = 1 and ${when} returning id`,
        params,
      );
      if (changed.length > 0) await recordAct(tx, { ...by, action, target: 'system' });
      return await readControls(tx);
    });
  }
}
