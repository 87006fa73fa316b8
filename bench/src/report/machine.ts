import { cpus, loadavg, release, totalmem, type } from 'node:os';
import type { Postgres } from '../setup/postgres.js';

/** Where something was measured: figures of different machines are not comparable. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** Whole GB (10^9 bytes). */
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly postgres: string;
  /** Postgres settings that differ from its defaults; the same for everyone who is compared. */
  readonly postgresSettings: Readonly<Record<string, string>>;
}

export async function describeMachine(postgres: Postgres): Promise<Machine> {
  const processors = cpus();
  const { version, settings } = await postgres.describe();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 1e9),
    system: `${type()} ${release()}`,
    node: process.versions.node,
    postgres: version,
    postgresSettings: settings,
  };
}

/** How many processes wanted to run, on average over the last minute; before a run it should be near 0. */
export const loadAverage = (): number => Math.round((loadavg()[0] ?? 0) * 100) / 100;
