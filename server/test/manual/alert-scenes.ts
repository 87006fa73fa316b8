/** How each rule that comes with the system is made to fire, and what happens outside of the manual so that it is over. */
import { expect, vi } from 'vitest';
import type { TestUser } from '../support/spine.js';
import type { ManualSystem } from './manual-system.js';

export interface AlertScene {
  provoke(system: ManualSystem): Promise<void>;
  /** What the section's commands do not do: the provider works again, a process is restarted, time passes. */
  mend(system: ManualSystem): Promise<void>;
}

const admin = ({ spine }: ManualSystem, sql: string, values: unknown[] = []): Promise<object[]> => spine.admin.query(sql, values);

type Behaviour = Parameters<ManualSystem['spine']['simulator']['control']['setToken']>[1]['behaviour'];

/** The machine may be doing something else as well. */
const patience = 120_000;

/** So many get a notification; the devices of the first few behave so. */
async function notify({ spine }: ManualSystem, count: number, bad = 0, behaviour: Behaviour = 'live'): Promise<TestUser[]> {
  const users = await spine.users(count);
  for (const { tokens } of users.slice(0, bad)) for (const token of tokens) spine.simulator.control.setToken(token, { behaviour });
  await Promise.all(users.map(({ id }) => spine.notify(id)));
  return users;
}

/** What was counted lies behind the windows of the figures. */
export async function forgetFlows(system: ManualSystem): Promise<void> {
  await system.spine.admin.transaction(async (tx) => {
    // A worker that is rolling up has entries in hand that neither of the two has for others.
    await tx.query('lock table push.tally_entries, push.minutes in share row exclusive mode');
    await tx.query('with gone as (delete from push.tally_entries) delete from push.minutes');
  });
  await admin(system, "update push.ledger_entries set at = at - interval '8 days'");
}

/** What was counted lies behind the windows of the figures. What comes then is sent and read: without any news an alert of a share would stay. */
async function letTimePass(system: ManualSystem): Promise<void> {
  await system.spine.settles(patience);
  await forgetFlows(system);
  await admin(system, "update push_tokens set state_at = state_at - interval '2 days' where not is_active");
  await notify(system, 25);
  await system.spine.settles(patience);
  await admin(system, 'update notifications set is_read = true where not is_read');
}

/** The provider works again; what waited for it goes out, and the trouble moves into the past. */
async function healed(system: ManualSystem): Promise<void> {
  system.spine.simulator.control.clearFaults();
  system.spine.simulator.control.clearTokens();
  await admin(system, 'update push.projects set breaker_probe_at = now() where breaker_probe_at is not null');
  await letTimePass(system);
}

/** Whatever a scene that failed left behind: the next one begins on a system that is well. */
export async function restoreOrder(system: ManualSystem): Promise<void> {
  await system.thaw();
  await admin(system, 'update push.tuning set slots = null, chunk_size = null, claim_size = null, controller = true');
  await admin(
    system,
    'update push.controls set paused = false, paused_at = null, emergency = false, emergency_at = null, pushes_enabled = true',
  );
  await admin(system, 'update push.projects set frozen_at = null, paused = false');
  await admin(system, 'alter table notifications enable trigger notification_push_trigger');
  await admin(system, "delete from push.workers where id = 'worker-9'");
  system.spine.simulator.control.clearFaults();
  system.spine.simulator.control.clearTokens();
}

/** One chunk a notification, one at a time, and a provider that takes its time: most wait. */
async function clog(system: ManualSystem): Promise<void> {
  await admin(system, 'update push.tuning set slots = 1, chunk_size = 1, claim_size = 1, controller = false');
  system.spine.simulator.control.addFault({ kind: 'slow_response', delayMs: 500, times: null });
  await notify(system, 90);
}

/** An entry that no row stands behind. */
async function addToLedger(system: ManualSystem, n: number): Promise<void> {
  await admin(system, "insert into push.ledger_entries (hour, item, n) values (date_trunc('hour', now()), 'accepted', $1)", [n]);
}

export const alertScenes: Readonly<Record<string, AlertScene>> = {
  'delivery-success-low': {
    provoke: async (system) => {
      await notify(system, 30, 8, 'too_big');
      await system.spine.settles(patience);
    },
    mend: healed,
  },
  'delivery-slow': {
    provoke: async (system) => {
      system.spine.simulator.control.addFault({ kind: 'slow_response', delayMs: 5_100, times: 1 });
      await notify(system, 1);
      await system.spine.settles(patience);
    },
    mend: healed,
  },
  'error-rate-high': {
    provoke: async (system) => {
      await notify(system, 30, 8, 'too_big_at_ticket');
      await system.spine.settles(patience);
    },
    mend: healed,
  },
  'engagement-low': {
    provoke: async (system) => {
      await notify(system, 25);
      await system.spine.settles(patience);
    },
    mend: letTimePass,
  },
  'token-invalidation-high': {
    provoke: async (system) => {
      await notify(system, 30, 5, 'dead_at_ticket');
      await system.spine.settles(patience);
      // Of few tokens: those of other pages do not count.
      await admin(
        system,
        "update push_tokens set state = 'signed_out', is_active = false where is_active and user_id not in (select user_id from notifications order by created_at desc limit 30)",
      );
    },
    mend: healed,
  },
  'token-invalidation-frozen': {
    provoke: async (system) => {
      // The share is that of ten minutes, in which other scenes have sent to live devices.
      await admin(system, "update push.attempts set at = at - interval '11 minutes'");
      await notify(system, 80, 60, 'dead_at_ticket');
      await system.spine.settles(patience);
      // Outcomes that commit at the same moment do not see each other's losses: one more sees them all.
      await notify(system, 1, 1, 'dead_at_ticket');
      await system.spine.settles(patience);
    },
    mend: healed,
  },
  'queue-backlog': {
    provoke: clog,
    mend: healed,
  },
  'oldest-item-stuck': {
    provoke: async (system) => {
      await clog(system);
      await admin(system, "update push.chunks set due_at = due_at - interval '6 minutes' where state = 1");
    },
    mend: healed,
  },
  'outbox-stuck': {
    provoke: async (system) => {
      await system.freeze();
      await notify(system, 2);
      await admin(system, "update push.outbox set at = at - interval '2 minutes'");
    },
    mend: async (system) => {
      await system.thaw();
      await letTimePass(system);
    },
  },
  'receipts-expiring': {
    provoke: async (system) => {
      system.spine.simulator.control.addFault({ kind: 'no_receipts', times: null });
      await notify(system, 2);
      await vi.waitFor(async () => expect(await admin(system, 'select from push.receipt_batches where tries > 0')).not.toEqual([]), {
        timeout: patience,
      });
      await admin(system, "update push.receipt_batches set sent_at = sent_at - interval '21 hours', due_at = now()");
    },
    mend: async (system) => {
      system.spine.simulator.control.clearFaults();
      await admin(system, 'update push.receipt_batches set due_at = now()');
      await letTimePass(system);
    },
  },
  'ledger-unaccounted': {
    provoke: (system) => addToLedger(system, 1),
    mend: async (system) => {
      await addToLedger(system, -1);
      await system.run({ language: 'sh', code: 'npx todoku reconcile' }, 'en');
    },
  },
  'worker-silent': {
    provoke: (system) =>
      admin(
        system,
        "insert into push.workers (id, host, pid, roles, version, heartbeat_at) values ('worker-9', 'host-9', 9, '{worker}', '0.1.0', now() - interval '2 minutes')",
      ).then(() => undefined),
    mend: (system) => admin(system, "delete from push.workers where id = 'worker-9'").then(() => undefined),
  },
  'no-worker-alive': { provoke: (system) => system.freeze(), mend: (system) => system.thaw() },
  'breaker-open': {
    provoke: async (system) => {
      system.spine.simulator.control.addFault({ kind: 'status_403', times: null });
      await notify(system, 3);
    },
    mend: healed,
  },
  'clock-skew': {
    provoke: (system) =>
      admin(
        system,
        `insert into push.workers (id, host, pid, roles, version, stats)
         values ('worker-9', 'host-9', 9, '{worker}', '0.1.0', jsonb_build_object('clockMs', 1000 * date_part('epoch', now()) - 60000))`,
      ).then(() => undefined),
    mend: (system) => admin(system, "delete from push.workers where id = 'worker-9'").then(() => undefined),
  },
  'paused-long': {
    provoke: async (system) => {
      await system.run({ language: 'sh', code: "npx todoku queue pause --reason 'a campaign went wrong'" }, 'en');
      await admin(system, "update push.controls set paused_at = now() - interval '1 hour'");
    },
    mend: letTimePass,
  },
  'emergency-long': {
    provoke: async (system) => {
      await system.run({ language: 'sh', code: "npx todoku emergency-stop --reason 'wrong recipients'" }, 'en');
    },
    mend: letTimePass,
  },
  'alerts-undeliverable': {
    provoke: (system) =>
      admin(
        system,
        `insert into push.alert_notices (id, route, kind, content, created_at, due_at, attempts, error)
         values ('msg_1', 'slack', 'alerts', '{"alerts":[]}', now(), now() + interval '1 hour', 3, 'HTTP 404: no_service')`,
      ).then(() => undefined),
    mend: (system) => admin(system, "update push.alert_notices set state = 'sent', error = null").then(() => undefined),
  },
  'recovery-failed': {
    provoke: (system) =>
      admin(system, "insert into push.recoveries (actor, ok, steps) values ('cli:operator', false, '[]')").then(() => undefined),
    mend: letTimePass,
  },
};
