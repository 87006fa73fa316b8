import type { Database, Queryable } from '../../database/database.js';
import { failpoint } from '../../failpoints/failpoint.js';
import { describeError } from '../../logging/describe-error.js';
import type { Logger } from '../../logging/logger.js';
import { logNotificationError } from '../../logging/notification-error.js';
import { fanOutStatement, filterParameters, type StoredAudience } from './audience-sql.js';

export interface FanOutOptions {
  /** Users looked at in one transaction. */
  readonly batchSize: number;
  /**
   * The fan-out waits while this many notifications and deliveries of its lane are waiting. Rows far ahead of the queue help nobody, and making them
   * takes the processor from what is being sent: enough for the time until it looks again.
   */
  readonly mostWaiting: number;
}

interface Candidate {
  id: number;
  lane: number;
}

const triggerIsOn = /* sql */ `not exists (
  select from pg_trigger where tgrelid = 'public.notifications'::regclass and tgname = 'notification_push_trigger' and tgenabled = 'D')`;

/** Who switches the trigger off waits for this lock, so what is found under it holds until the commit. */
const keepTrigger = /* sql */ 'lock table only public.notifications in row exclusive mode';

/** On a row that another worker works on, nothing comes back. */
const lockBroadcast = /* sql */ `
select audience, cursor from push.broadcasts where id = $1 and state = 'running' and finished_at is null and ${triggerIsOn}
for update skip locked`;

/**
 * Broadcasts that may go on: not while an emergency or a switch stops pushes, and not while the trigger is off, for rows made then would never
 * become pushes.
 */
const runningBroadcasts = /* sql */ `
select b.id, b.lane from push.broadcasts b, push.controls c
where b.state = 'running' and b.finished_at is null and not c.emergency and c.pushes_enabled
  and ${triggerIsOn}
order by b.lane, b.id`;

/** What waits in a lane: not yet planned, or due and not yet sent. What is parked or due later blocks nobody. */
const waitingInLane = /* sql */ `
select ((select coalesce(sum(n), 0) from push.outbox where lane = $1)
  + (select coalesce(sum(n), 0) from push.chunks where lane = $1 and state in (1, 2) and due_at <= clock_timestamp()))::bigint as waiting`;

/**
 * Makes the rows of running broadcasts, a batch a transaction. The cursor moves in the commit that makes the rows, so a crash anywhere leaves
 * nobody out and gives nobody two. Several workers take turns; none waits for another.
 */
export class BroadcastFanOut {
  readonly #parts: { readonly database: Database; readonly log: Logger };
  readonly #options: FanOutOptions;

  constructor(parts: { database: Database; log: Logger }, options: Partial<FanOutOptions> = {}) {
    this.#parts = parts;
    this.#options = { batchSize: 5000, mostWaiting: 50_000, ...options };
  }

  /** One batch of each running broadcast. True: there is more to do now. */
  async run(): Promise<boolean> {
    const { database, log } = this.#parts;
    let more = false;
    for (const { id, lane } of await database.query<Candidate>(runningBroadcasts)) {
      if (await this.#isFull(lane)) continue;
      try {
        more = (await this.step(id)) || more;
      } catch (error) {
        // One that fails must not hold up the others.
        const fields = { broadcastId: id, error: describeError(error) };
        logNotificationError(log, 'BROADCAST_FAILED', 'a broadcast could not go on, it will be tried again', fields);
      }
    }
    return more;
  }

  /** One batch of one broadcast, in one transaction. False: it is finished, or not to be worked on now. */
  async step(broadcastId: number): Promise<boolean> {
    return await this.#parts.database.transaction(async (tx) => {
      await tx.query(keepTrigger);
      const [broadcast] = await tx.query<{ audience: StoredAudience; cursor: string | null }>(lockBroadcast, [broadcastId]);
      if (broadcast === undefined) return false;
      const looked = await this.#makeRows(tx, broadcastId, broadcast.audience, broadcast.cursor);
      if (FAILPOINTS) await failpoint('fanout_batch');
      return looked === this.#options.batchSize;
    });
  }

  async #makeRows(tx: Queryable, broadcastId: number, audience: StoredAudience, cursor: string | null): Promise<number> {
    // Each page has to come from the indexes in order: a hash of all users a page would make the fan-out quadratic.
    await tx.query(/* sql */ `select set_config('enable_hashagg', 'off', true), set_config('enable_seqscan', 'off', true)`);
    const parameters = [...filterParameters(audience), broadcastId, this.#options.batchSize, ...(cursor === null ? [] : [cursor])];
    const [step] = await tx.query<{ looked: number; made: number }>(fanOutStatement(audience.kind, cursor !== null), parameters);
    return step?.looked ?? 0;
  }

  async #isFull(lane: number): Promise<boolean> {
    const [row] = await this.#parts.database.query<{ waiting: number }>(waitingInLane, [lane]);
    return (row?.waiting ?? 0) >= this.#options.mostWaiting;
  }
}
