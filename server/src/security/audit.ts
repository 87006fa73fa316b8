import type { Queryable } from '../database/database.js';
import { redact } from '../logging/redact.js';
import type { AuditAction } from './audit-actions.js';

/** Something that an operator, or the system on its own ('todoku'), did to the system. */
export interface Act {
  /** Who: 'key:<api key id>', 'user:<id>', 'cli:<login>' or 'todoku'. */
  readonly actor: string;
  readonly action: AuditAction;
  /** To what: 'project:1', 'key:…'. */
  readonly target?: string;
  readonly reason?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface AuditEntry {
  readonly seq: number;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly target: string | null;
  readonly reason: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface AuditFilter {
  /** From this instant on. */
  readonly since?: Date;
  /** Before this instant. */
  readonly until?: Date;
  readonly actor?: string;
  readonly action?: AuditAction;
  /** Only entries before this one: the next page. */
  readonly beforeSeq?: number;
  /** 1 … 1,000; 100 when absent. */
  readonly limit?: number;
}

const mostEntries = 1_000;

/** Writes the act down in the transaction that does it: there is no act without its entry and no entry without its act. Secrets are masked. */
export async function recordAct(tx: Queryable, act: Act): Promise<void> {
  await tx.query(/* sql */ 'insert into push.audit (actor, action, target, reason, details) values ($1, $2, $3, $4, $5)', [
    act.actor,
    act.action,
    masked(act.target),
    masked(act.reason),
    redact(JSON.stringify(act.details ?? {})),
  ]);
}

/** Newest first. */
export async function listAudit(database: Queryable, filter: AuditFilter = {}): Promise<AuditEntry[]> {
  return await database.query<AuditEntry & Record<string, unknown>>(
    /* sql */ `
select seq, at, actor, action, target, reason, details from push.audit
where ($1::timestamptz is null or at >= $1)
  and ($2::timestamptz is null or at < $2)
  and ($3::text is null or actor = $3)
  and ($4::text is null or action = $4)
  and ($5::bigint is null or seq < $5)
order by seq desc
limit $6`,
    [
      filter.since ?? null,
      filter.until ?? null,
      filter.actor ?? null,
      filter.action ?? null,
      filter.beforeSeq ?? null,
      Math.min(mostEntries, Math.max(1, filter.limit ?? 100)),
    ],
  );
}

function masked(text: string | undefined): string | null {
  return text === undefined ? null : redact(text);
}
