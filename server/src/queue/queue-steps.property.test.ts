/** The state machine of deliveries as the queue drives it: whatever comes in whatever order, every step is legal and nothing is in two places or none. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { claimOne, engineOn, publishChunk } from '../../test/support/chunks.js';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import type { AttemptFacts, ChunkResult, ItemResult, LeasedChunk } from './queue-engine.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

const facts = (outcome: AttemptFacts['outcome']): AttemptFacts => ({
  outcome,
  durationMs: 1,
  httpStatus: 200,
  code: null,
  requestId: null,
});

type End = 'accepted' | 'unattributed' | 'failed' | 'expired' | 'cancelled' | 'unknown' | 'dead_letter' | 'refused' | 'resent';

const end = fc.constantFrom<End>(
  'accepted',
  'accepted',
  'unattributed',
  'failed',
  'expired',
  'cancelled',
  'unknown',
  'dead_letter',
  'refused',
  'resent',
);

/** What happens next. `which` picks one of the leases that were ever given out, stale ones too. */
const command = fc.oneof(
  fc.record({ kind: fc.constant('publish' as const), recipients: fc.integer({ min: 1, max: 4 }), resend: fc.boolean() }),
  fc.record({ kind: fc.constant('claim' as const) }),
  fc.record({ kind: fc.constant('complete' as const), which: fc.nat(), ends: fc.array(end, { minLength: 4, maxLength: 4 }) }),
  fc.record({ kind: fc.constant('retry' as const), which: fc.nat() }),
  fc.record({ kind: fc.constant('lose leases' as const) }),
  fc.record({ kind: fc.constant('expire' as const) }),
);

function itemOf(what: End, delivery: number): ItemResult {
  switch (what) {
    case 'accepted':
      return { to: 'accepted', ticketId: `ticket-${delivery}-${Math.random()}` };
    case 'unattributed':
      return { to: 'accepted', ticketId: null };
    case 'refused':
      return { to: 'queued', code: 'MessageRateExceeded', group: 0, resent: false };
    case 'resent':
      return { to: 'queued', code: 'DEADLINE_EXCEEDED', group: 0, resent: true };
    default:
      return { to: what, code: what.toUpperCase() };
  }
}

function resultOf(lease: LeasedChunk, ends: readonly End[]): ChunkResult {
  const items = Array.from({ length: lease.recipients }, (_, i) => itemOf(ends[i] ?? 'accepted', i));
  const requeues = items.some((item) => item.to === 'queued');
  const groups = requeues ? [{ delayMs: 0, attempt: lease.attempt + 1, crashRecoveries: lease.crashRecoveries, projectId: 1 }] : [];
  return { lease, attempt: facts('answered'), items, groups, tokensLost: 0 };
}

/** Everything that the tables say is wrong: counted here from the rows alone. */
const wrong = /* sql */ `
with step as (
  select delivery_id, state, coalesce(lag(state) over w, 1) as previous, lead(state) over w is null as last
  from push.deliveries window w as (partition by delivery_id order by chunk_id nulls last, state <> 10, at, state)
), place as (
  select u as delivery_id from push.chunks c, unnest(c.delivery_ids) u
), awaited as (
  select u as delivery_id from push.receipt_batches b, unnest(b.delivery_ids) u
)
select 'illegal step ' || previous || ' ' || state as what from step s
where not exists (
  select from push.delivery_transitions t where t.to_state = s.state and (t.from_state = s.previous or (s.previous = 1 and t.from_state in (1, 2))))
union all
select 'queued twice ' || delivery_id from place group by delivery_id having count(*) > 1
union all
select 'queued after its end ' || delivery_id from place join step using (delivery_id) where last and state <> 1
union all
select 'lost ' || made.id from unnest($1::bigint[]) made(id)
where not exists (select from place p where p.delivery_id = made.id)
  and coalesce((select s.state from step s where s.delivery_id = made.id and s.last), 1) = 1
union all
select 'awaited by nobody ' || delivery_id from step where last and state = 10 and delivery_id not in (select delivery_id from awaited)
union all
select 'awaited after its end ' || delivery_id from awaited join step using (delivery_id) where last and state <> 10`;

it('takes legal steps only, and loses nothing, whatever order things come in', async () => {
  const engine = engineOn(db.database);
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 40 }), async (commands) => {
      await db.admin.query('truncate push.chunks, push.deliveries, push.receipt_batches, push.attempts, push.ledger_entries');
      const leases: LeasedChunk[] = [];
      const published: number[] = [];
      for (const step of commands) {
        const lease = 'which' in step ? leases[step.which % Math.max(1, leases.length)] : undefined;
        switch (step.kind) {
          case 'publish': {
            const id = await publishChunk(db.admin, { recipients: step.recipients, resendUnknown: step.resend });
            const [chunk] = await db.admin.query<{ ids: number[] }>('select delivery_ids::float8[] as ids from push.chunks where id = $1', [
              id,
            ]);
            published.push(...(chunk?.ids ?? []));
            break;
          }
          case 'claim':
            leases.push(...(await engine.claim(claimOne)));
            break;
          case 'complete':
            if (lease !== undefined) await engine.complete(db.database, [resultOf(lease, step.ends)]);
            break;
          case 'retry':
            if (lease !== undefined) await engine.retry([lease], { delayMs: 0, burnsAttempt: true, attempt: facts('transient') });
            break;
          case 'lose leases':
            await db.admin.query(`update push.chunks set lease_until = now() - interval '1 second' where state = 2`);
            leases.push(...(await engine.claimExpiredLeases(50, 30, 'recovery')));
            break;
          case 'expire':
            await db.admin.query(`update push.chunks set expires_at = now() - interval '1 second' where state = 1 and id % 2 = 0`);
            await engine.expireOverdue(50);
            break;
        }
      }
      const found = await db.admin.query<{ what: string }>(wrong, [published]);
      expect(found.map(({ what }) => what)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
