import { plainArray, textArray } from '../database/array-literal.js';
import type { Database, Queryable } from '../database/database.js';
import type { DeadToken, TokenQuarantine } from '../delivery/token-quarantine.js';
import { TodokuError } from '../errors/todoku-error.js';
import type { Logger } from '../logging/logger.js';
import { recordAct } from '../security/audit.js';
import { type LossVerdict, loseTokensStatement } from './sql/lose-tokens.js';
import { type LossWindow, lossWindowStatement } from './sql/loss-window.js';

/** Who does it, and why; both go into the audit. */
export interface By {
  readonly actor: string;
  readonly reason: string;
}

export interface QuarantinedToken {
  readonly tokenId: string;
  readonly userId: string;
  readonly projectId: number;
  readonly platform: string;
  /** The provider's code. */
  readonly reason: string | null;
  readonly since: Date;
}

/** Rows changed in one statement where there may be very many. */
const batchSize = 5_000;

/**
 * What becomes of tokens that a provider calls dead. States of a token: active → quarantined (called dead) → invalid (nobody registered it again
 * in time); a registration makes any of them active, and so does undo while it is quarantined.
 *
 * When too many die at once, the provider or our credentials are ill rather than the devices: the project is frozen (frozen_at), nothing is
 * quarantined or made invalid any more, until an operator unfreezes it.
 */
export class Quarantine implements TokenQuarantine {
  readonly #database: Database;
  readonly #log: Logger;

  constructor(database: Database, log: Logger) {
    this.#database = database;
    this.#log = log;
  }

  /** See `TokenQuarantine`. Two outcomes that commit at the same moment do not see each other: a freeze may come one request late. */
  async lose(tx: Queryable, projectId: number, tokens: readonly DeadToken[], recipients: number): Promise<void> {
    if (tokens.length === 0) return;
    const verdict = await loseTokens(tx, projectId, tokens, recipients, false);
    if (verdict.frozen || !verdict.suspicious) return this.#report(projectId, tokens, verdict);
    const window = await lossWindow(tx, projectId, tokens, recipients);
    if (window.recipients >= window.minimum && window.lost > window.share * window.recipients) {
      await this.#freeze(tx, projectId, window);
    } else {
      this.#report(projectId, tokens, await loseTokens(tx, projectId, tokens, recipients, true));
    }
  }

  async #freeze(tx: Queryable, projectId: number, window: LossWindow): Promise<void> {
    const reason = `${window.lost} of ${window.recipients} recipients were called dead within 10 minutes`;
    const frozen = await tx.query(
      /* sql */ 'update push.projects set frozen_at = clock_timestamp(), frozen_reason = $2 where id = $1 and frozen_at is null returning id',
      [projectId, reason],
    );
    if (frozen.length === 0) return;
    await recordAct(tx, { actor: 'todoku', action: 'tokens.freeze', target: `project:${projectId}`, reason, details: { ...window } });
    this.#log.error(
      { projectId, ...window },
      'Too many tokens were called dead at once: token invalidation is frozen until an operator unfreezes it.',
    );
  }

  #report(projectId: number, tokens: readonly DeadToken[], { frozen, lost }: LossVerdict): void {
    const codes = [...new Set(tokens.map(({ code }) => code))];
    if (frozen) this.#log.warn({ projectId, called: tokens.length, codes }, 'Tokens were called dead and kept: invalidation is frozen.');
    else this.#log.info({ projectId, called: tokens.length, quarantined: lost, codes }, 'Tokens were called dead.');
  }

  /** Makes everything active again that was quarantined since then. Returns how many. Throws NOT_FOUND when there is no such project. */
  async undo(which: { readonly since: Date; readonly projectId?: number }, by: By): Promise<number> {
    return await this.#database.transaction(async (tx) => {
      await findProject(tx, which.projectId);
      const rows = await tx.query<{ n: number }>(
        /* sql */ `
with undone as (
  update public.push_tokens set state = 'active', is_active = true, state_reason = 'quarantine undone', state_at = clock_timestamp()
  where not is_active and updated_at >= $1 and state = 'quarantined' and state_at >= $1 and ($2::int is null or project_id = $2)
  returning 1
)
select count(*) as n from undone`,
        [which.since, which.projectId ?? null],
      );
      const n = rows[0]?.n ?? 0;
      const target = which.projectId === undefined ? 'all projects' : `project:${which.projectId}`;
      await recordAct(tx, { ...by, action: 'tokens.undo_quarantine', target, details: { since: which.since, tokens: n } });
      return n;
    });
  }

  /** False: it was not frozen. Losses before this count no longer. Throws NOT_FOUND. */
  async unfreeze(projectId: number, by: By): Promise<boolean> {
    return await this.#database.transaction(async (tx) => {
      const [project] = await tx.query<{ frozenAt: Date | null; frozenReason: string | null }>(
        /* sql */ 'select frozen_at as "frozenAt", frozen_reason as "frozenReason" from push.projects where id = $1 for update',
        [projectId],
      );
      if (project === undefined) throw noSuchProject();
      if (project.frozenAt === null) return false;
      await tx.query(
        /* sql */ 'update push.projects set frozen_at = null, frozen_reason = null, unfrozen_at = clock_timestamp() where id = $1',
        [projectId],
      );
      await recordAct(tx, { ...by, action: 'tokens.unfreeze', target: `project:${projectId}`, details: project });
      return true;
    });
  }

  /** The latest first; at most `limit` (1,000 when absent). Throws NOT_FOUND when there is no such project. */
  async list(which: { readonly since?: Date; readonly projectId?: number; readonly limit?: number } = {}): Promise<QuarantinedToken[]> {
    await findProject(this.#database, which.projectId);
    return await this.#database.query<QuarantinedToken>(
      /* sql */ `
select id as "tokenId", user_id as "userId", project_id as "projectId", platform, state_reason as reason, state_at as since
from public.push_tokens
where not is_active and state = 'quarantined' and ($1::timestamptz is null or state_at >= $1) and ($2::int is null or project_id = $2)
order by state_at desc, id
limit $3`,
      [which.since ?? null, which.projectId ?? null, Math.min(1_000, Math.max(1, which.limit ?? 1_000))],
    );
  }

  /** Ends quarantines that have lasted policy.quarantine_days: those tokens are invalid. Frozen projects wait. Returns how many ended. */
  async expire(): Promise<number> {
    for (let total = 0; ; ) {
      const ended = await this.#database.query(
        /* sql */ `
with over as materialized (
  select t.id from public.push_tokens t
  join push.projects p on p.id = t.project_id and p.frozen_at is null
  where not t.is_active and t.state = 'quarantined'
    and t.state_at < clock_timestamp() - make_interval(days => (select quarantine_days from push.policy))
  order by t.id
  limit $1
  for update of t skip locked
)
update public.push_tokens t set state = 'invalid', state_at = clock_timestamp() from over where t.id = over.id
returning t.id`,
        [batchSize],
      );
      total += ended.length;
      if (ended.length < batchSize) return total;
    }
  }
}

/** That there is nothing in a project must not be said of one that there is not. */
async function findProject(database: Queryable, projectId: number | undefined): Promise<void> {
  if (projectId === undefined) return;
  const found = await database.query(/* sql */ 'select from push.projects where id = $1', [projectId]);
  if (found.length === 0) throw noSuchProject();
}

const noSuchProject = (): TodokuError => new TodokuError('NOT_FOUND', { message: 'There is no such project.' });

async function loseTokens(
  tx: Queryable,
  projectId: number,
  tokens: readonly DeadToken[],
  recipients: number,
  windowAllows: boolean,
): Promise<LossVerdict> {
  const [verdict] = await tx.query<LossVerdict & Record<string, unknown>>(loseTokensStatement, [
    projectId,
    plainArray(tokens.map(({ tokenId }) => tokenId)),
    textArray(tokens.map(({ code }) => code)),
    textArray(tokens.map(({ sentAt }) => sentAt.toISOString())),
    recipients,
    windowAllows,
  ]);
  return verdict ?? { frozen: true, suspicious: false, lost: 0 };
}

async function lossWindow(tx: Queryable, projectId: number, tokens: readonly DeadToken[], recipients: number): Promise<LossWindow> {
  const sentAt = new Date(Math.max(...tokens.map((token) => token.sentAt.getTime())));
  const [window] = await tx.query<LossWindow & Record<string, unknown>>(lossWindowStatement, [
    projectId,
    plainArray(tokens.map(({ tokenId }) => tokenId)),
    sentAt,
    recipients,
  ]);
  return window ?? { share: 0, minimum: 0, recipients: 0, lost: 0 };
}
