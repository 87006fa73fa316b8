import type { Queryable } from '../database/database.js';

export interface DeadToken {
  readonly tokenId: string;
  /** The provider's code. */
  readonly code: string;
  /** When it was sent to, by the database's clock: a registration after that is untouched. */
  readonly sentAt: Date;
}

/** What delivery tells the token registry, inside the outcome's transaction. */
export interface TokenQuarantine {
  /** The provider called these tokens dead. `recipients`: how many were in the same request, for the mass-loss breaker. */
  lose(tx: Queryable, projectId: number, tokens: readonly DeadToken[], recipients: number): Promise<void>;
}
