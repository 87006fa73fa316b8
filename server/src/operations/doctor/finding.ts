import type { Clock } from '../../clock/clock.js';
import type { Config } from '../../config/config.js';
import type { Queryable } from '../../database/database.js';
import type { Migration } from '../../database/migration-files.js';
import type { Provider } from '../../providers/provider.js';

/** unknown: it could not be looked at, so nothing is said either way. */
export type Verdict = 'ok' | 'warn' | 'fail' | 'unknown';

export interface Text {
  readonly en: string;
  readonly ja: string;
}

export interface Finding {
  readonly verdict: Verdict;
  readonly found: Text;
  /** What to do; null: nothing. */
  readonly remedy: Text | null;
}

export const text = (en: string, ja: string): Text => ({ en, ja });
export const ok = (found: Text): Finding => ({ verdict: 'ok', found, remedy: null });
export const warn = (found: Text, remedy: Text): Finding => ({ verdict: 'warn', found, remedy });
export const fail = (found: Text, remedy: Text): Finding => ({ verdict: 'fail', found, remedy });
export const unknown = (found: Text, remedy: Text | null = null): Finding => ({ verdict: 'unknown', found, remedy });

/** What the checks look at. They change nothing. */
export interface DoctorParts {
  /** In force; where the environment is wrong, what it would be without what is wrong. */
  readonly config: Config;
  /** What is wrong with the environment; null: nothing. */
  readonly configProblem: string | null;
  readonly clock: Clock;
  readonly providers: readonly Provider[];
  /** The provider's own time, from the Date of an answer; null: it did not say. */
  readonly providerTime: () => Promise<Date | null>;
  /** Of this checkout. */
  readonly migrations: readonly Migration[];
  /** supabase/schema.sql: what the migrations make. */
  readonly schema: string;
}

export interface Look extends DoctorParts {
  /** Every statement in a transaction that can only read. */
  readonly database: Queryable;
}

export interface Check {
  readonly name: string;
  readonly title: Text;
  /** Whether it looks at the database at all. */
  readonly needsDatabase: boolean;
  readonly look: (at: Look) => Promise<readonly Finding[]>;
}

/** The findings, or that all is well where there are none. */
export function orOk(findings: readonly Finding[], allWell: Text): readonly Finding[] {
  return findings.length > 0 ? findings : [ok(allWell)];
}

/** `a, b, c and 4 more`, for people. */
export function someOf(names: readonly string[], most = 5): string {
  const rest = names.length - most;
  return rest > 0 ? `${names.slice(0, most).join(', ')} … (+${rest})` : names.join(', ');
}

export function inMib(bytes: number): string {
  return bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GiB` : `${Math.round(bytes / 2 ** 20)} MiB`;
}
