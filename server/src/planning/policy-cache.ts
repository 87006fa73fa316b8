import type { Queryable } from '../database/database.js';
import { MAX_PAYLOAD_BYTES } from './payload-size.js';
import type { Lane, PlanningPolicy, TypePolicy } from './planning-types.js';

export interface TypeRules extends TypePolicy {
  readonly lane: Lane | null;
  readonly dedupeSeconds: number;
  readonly resendUnknown: boolean;
  /** How notifications of the type show unless they say otherwise; null: nothing said. */
  readonly push: Readonly<Record<string, unknown>> | null;
}

export interface Policy extends PlanningPolicy {
  readonly capLimit: number | null;
  readonly capWindowSeconds: number;
  /** Requests that may be answered badly before a delivery is given up. */
  readonly maxAttempts: number;
  /** Leases that may run out before a delivery is called poison. */
  readonly maxCrashRecoveries: number;
  /** No chunk is larger than what its project may send at once. */
  readonly burstOf: (projectId: number) => number;
  readonly typeRules: (type: string) => TypeRules;
}

interface PolicyRow {
  default_timezone: string;
  cap_limit: number | null;
  cap_window_seconds: number;
  release_spread_seconds: number;
  max_attempts: number;
  max_crash_recoveries: number;
}

interface TypeRow {
  type: string;
  lane: Lane | null;
  urgent: boolean;
  enabled: boolean;
  capped: boolean;
  ttl_seconds: number;
  dedupe_seconds: number;
  unknown_policy: 'resend' | 'drop';
  push: Record<string, unknown>;
}

const LAST_RESORT: TypeRules = {
  lane: null,
  urgent: false,
  enabled: true,
  capped: true,
  ttlSeconds: 86_400,
  dedupeSeconds: 0,
  resendUnknown: true,
  push: null,
};

/** What operators have set for planning, as it stands in the database now. */
export async function loadPolicy(database: Queryable): Promise<Policy> {
  const [policy] = await database.query<PolicyRow>('select * from push.policy');
  const types = await database.query<TypeRow>('select * from push.notification_types');
  const projects = await database.query<{ id: number; burst: number }>(
    'select id, rate_burst as burst from push.projects where rate_budget is not null',
  );
  const bursts = new Map(projects.map((row) => [row.id, row.burst]));
  const rules = new Map(types.map((row) => [row.type, toRules(row)]));
  const fallback = rules.get('*') ?? LAST_RESORT;
  return {
    defaultTimezone: policy?.default_timezone ?? 'UTC',
    releaseSpreadSeconds: policy?.release_spread_seconds ?? 0,
    maxPayloadBytes: MAX_PAYLOAD_BYTES,
    capLimit: policy?.cap_limit ?? null,
    capWindowSeconds: policy?.cap_window_seconds ?? 3600,
    maxAttempts: policy?.max_attempts ?? 8,
    maxCrashRecoveries: policy?.max_crash_recoveries ?? 3,
    burstOf: (projectId) => bursts.get(projectId) ?? Number.POSITIVE_INFINITY,
    typeRules: (type) => rules.get(type) ?? fallback,
  };
}

function toRules(row: TypeRow): TypeRules {
  return {
    lane: row.lane,
    urgent: row.urgent,
    enabled: row.enabled,
    capped: row.capped,
    ttlSeconds: row.ttl_seconds,
    dedupeSeconds: row.dedupe_seconds,
    resendUnknown: row.unknown_policy === 'resend',
    push: Object.keys(row.push).length === 0 ? null : row.push,
  };
}

/**
 * The policy, at most `maxAgeMs` old: a change by an operator is in force everywhere that soon. Past half of that it is read anew beside the work,
 * so that while there is work nobody waits for it.
 */
export class PolicyCache {
  readonly #database: Queryable;
  readonly #monotonic: () => number;
  readonly #maxAgeMs: number;
  #loaded: { readonly policy: Promise<Policy>; readonly at: number } | null = null;
  #renewing = false;

  constructor(database: Queryable, monotonic: () => number, maxAgeMs = 1000) {
    this.#database = database;
    this.#monotonic = monotonic;
    this.#maxAgeMs = maxAgeMs;
  }

  get(): Promise<Policy> {
    const age = this.#monotonic() - (this.#loaded?.at ?? Number.NEGATIVE_INFINITY);
    if (this.#loaded === null || age > this.#maxAgeMs) return this.#load();
    if (age > this.#maxAgeMs / 2) void this.#renew();
    return this.#loaded.policy;
  }

  #load(): Promise<Policy> {
    const loaded = { policy: loadPolicy(this.#database), at: this.#monotonic() };
    this.#loaded = loaded;
    loaded.policy.catch(() => {
      if (this.#loaded === loaded) this.#loaded = null;
    });
    return loaded.policy;
  }

  /** What was loaded stays in use until the new one is there, or too old; then whoever needs it waits, and hears of the failure. */
  async #renew(): Promise<void> {
    if (this.#renewing) return;
    this.#renewing = true;
    const at = this.#monotonic();
    try {
      const policy = await loadPolicy(this.#database);
      if (at > (this.#loaded?.at ?? 0)) this.#loaded = { policy: Promise.resolve(policy), at };
    } catch {
      // The next one tries again.
    } finally {
      this.#renewing = false;
    }
  }
}
