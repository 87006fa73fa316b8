import { Counter, Gauge, type Registry } from 'prom-client';
import type { SnapshotReader, SystemSnapshot } from './system-snapshot.js';

type Labels = Readonly<Record<string, string | number>>;
/** A value with its labels. */
type Sample = readonly [Labels, number];

interface SystemMetric {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly samples: (snapshot: SystemSnapshot) => readonly Sample[];
}

const lanes = ['critical', 'default', 'bulk'] as const;
const plain = (n: number): Sample[] => [[{}, n]];
const flag = (on: boolean): number => (on ? 1 : 0);
const by = (label: string, counts: Readonly<Record<string, number>>): Sample[] =>
  Object.entries(counts).map(([key, n]) => [{ [label]: key }, n]);
/** 0: nothing waits. */
const age = (now: Date, since: Date | null): number => (since === null ? 0 : Math.max(0, now.getTime() - since.getTime()) / 1000);

const gauges: readonly SystemMetric[] = [
  {
    name: 'queue_deliveries',
    help: 'Deliveries in the queue (delayed: due later; parked: their broadcast is paused)',
    labels: ['lane', 'state'],
    samples: ({ status }) => status.queue.map(({ lane, state, deliveries }) => [{ lane: lanes[lane], state }, deliveries]),
  },
  {
    name: 'queue_chunks',
    help: 'Chunks in the queue',
    labels: ['lane', 'state'],
    samples: ({ status }) => status.queue.map(({ lane, state, chunks }) => [{ lane: lanes[lane], state }, chunks]),
  },
  {
    name: 'queue_oldest_seconds',
    help: 'For how long the oldest chunk has been due',
    labels: ['lane', 'state'],
    samples: ({ status }) => status.queue.map(({ lane, state, oldest }) => [{ lane: lanes[lane], state }, age(status.at, oldest)]),
  },
  {
    name: 'outbox_notifications',
    help: 'Notifications not yet planned',
    labels: [],
    samples: ({ status }) => plain(status.waiting.outbox),
  },
  {
    name: 'outbox_oldest_seconds',
    help: 'Age of the oldest notification not yet planned',
    labels: [],
    samples: ({ status }) => plain(age(status.at, status.waiting.outboxOldest)),
  },
  {
    name: 'held_notifications',
    help: 'Notifications held for quiet hours or a schedule',
    labels: [],
    samples: ({ status }) => plain(status.waiting.held),
  },
  {
    name: 'receipts_awaited',
    help: 'Deliveries whose receipt is awaited',
    labels: [],
    samples: ({ status }) => plain(status.waiting.receipts),
  },
  {
    name: 'receipts_due',
    help: 'Of them, those that could be fetched now',
    labels: [],
    samples: ({ status }) => plain(status.waiting.receiptsDue),
  },
  {
    name: 'ledger_unaccounted',
    help: 'What the sums of the ledger do not explain: anything but 0 is a fault',
    labels: [],
    samples: ({ ledger }) => plain(ledger.unaccounted),
  },
  {
    name: 'ledger_proof_unaccounted',
    help: 'What the last count of the rows themselves found wrong',
    labels: [],
    samples: ({ proof }) => (proof === null ? [] : plain(proof.unaccounted)),
  },
  {
    name: 'ledger_proof_age_seconds',
    help: 'How long ago the rows were last counted to the end',
    labels: [],
    samples: ({ proof, status }) => (proof === null ? [] : plain(age(status.at, proof.at))),
  },
  {
    name: 'notifications_untaken',
    help: 'Rows of the latest hours that came while the trigger was off',
    labels: [],
    samples: ({ proof }) => (proof === null ? [] : plain(proof.untaken)),
  },
  {
    name: 'workers',
    help: 'Processes by what is heard of them',
    labels: ['state'],
    samples: ({ status }) =>
      (['alive', 'silent', 'stopped'] as const).map((state) => [
        { state },
        status.workers.filter((worker) => worker.state === state).length,
      ]),
  },
  {
    name: 'breaker_open',
    help: '1: nothing is sent for this project until a probe is answered',
    labels: ['project'],
    samples: ({ status }) =>
      status.projects.map(({ provider, name, breaker }) => [{ project: `${provider}/${name}` }, flag(breaker === 'open')]),
  },
  {
    name: 'project_paused',
    help: '1: an operator has paused this project',
    labels: ['project'],
    samples: ({ status }) => status.projects.map(({ provider, name, paused }) => [{ project: `${provider}/${name}` }, flag(paused)]),
  },
  {
    name: 'token_invalidation_frozen',
    help: '1: too many tokens were called dead at once, none is quarantined',
    labels: ['project'],
    samples: ({ status }) =>
      status.projects.map(({ provider, name, frozenAt }) => [{ project: `${provider}/${name}` }, flag(frozenAt !== null)]),
  },
  {
    name: 'switch',
    help: 'Switches of the operators: 1 is on',
    labels: ['name'],
    samples: ({ status: { controls, triggerEnabled } }) =>
      by('name', {
        paused: flag(controls.paused),
        emergency: flag(controls.emergency),
        pushes_enabled: flag(controls.pushesEnabled),
        trigger_enabled: flag(triggerEnabled),
      }),
  },
  {
    name: 'alerts',
    help: 'Alerts by rule: what is pending, and what fires',
    labels: ['rule', 'severity', 'state'],
    samples: ({ alerts }) => alerts.map(({ rule, severity, state, n }) => [{ rule, severity, state }, n]),
  },
  {
    name: 'figure',
    help: 'What health, alerts and reports go by, as docs/metrics.md defines it; shares are 0 … 1. Absent: no data',
    labels: ['name', 'subject'],
    samples: ({ figures }) =>
      [...figures].flatMap(([name, readings]) =>
        readings.flatMap(({ subject, value }): Sample[] => (value === null ? [] : [[{ name, subject }, value]])),
      ),
  },
  {
    name: 'tokens',
    help: 'Push tokens by what is known of them',
    labels: ['platform', 'state'],
    samples: ({ tokens }) => tokens.map(({ platform, state, n }) => [{ platform, state }, n]),
  },
];

/** The ledger counts for good, so these are counters, although every process tells the same. */
const counters: readonly SystemMetric[] = [
  { name: 'notifications_accepted_total', help: 'Notifications taken in', labels: [], samples: ({ ledger }) => plain(ledger.accepted) },
  {
    name: 'notifications_planned_total',
    help: 'Notifications planned to be sent',
    labels: [],
    samples: ({ ledger }) => plain(ledger.planned),
  },
  {
    name: 'notifications_suppressed_total',
    help: 'Notifications that were not to be sent, by reason',
    labels: ['reason'],
    samples: ({ ledger }) => by('reason', ledger.suppressed),
  },
  { name: 'deliveries_total', help: 'Deliveries planned', labels: [], samples: ({ ledger }) => plain(ledger.deliveries) },
  {
    name: 'deliveries_ended_total',
    help: 'Deliveries in a terminal state',
    labels: ['state'],
    samples: ({ ledger }) => by('state', ledger.ended),
  },
  {
    name: 'deliveries_resent_unknown_total',
    help: 'Deliveries that may have been sent and were sent again',
    labels: [],
    samples: ({ ledger }) => plain(ledger.resentUnknown),
  },
];

const scope = ' (of the whole system: take the maximum over processes, not the sum)';

/** Metrics that are read from the database when they are asked for. When it does not answer they are absent, and todoku_database_up is 0. */
export function addSystemMetrics(registry: Registry, reader: SnapshotReader): void {
  const registers = [registry];
  const settings = ({ name, help, labels }: SystemMetric) => ({
    name: `todoku_${name}`,
    help: `${help}${scope}`,
    labelNames: [...labels],
    registers,
  });
  for (const metric of gauges) {
    new Gauge({
      ...settings(metric),
      async collect() {
        this.reset();
        // A reset metric without labels says 0, and nobody has counted yet.
        if (metric.labels.length === 0) this.remove({});
        for (const [labels, value] of await samplesOf(metric, reader)) this.set(labels, value);
      },
    });
  }
  for (const metric of counters) {
    new Counter({
      ...settings(metric),
      async collect() {
        this.reset();
        if (metric.labels.length === 0) this.remove({});
        for (const [labels, value] of await samplesOf(metric, reader)) this.inc(labels, value);
      },
    });
  }
  new Gauge({
    name: 'todoku_database_up',
    help: '1: the database told all that this scrape asks; 0: it did not, what is of the whole system is absent, and the log says why',
    registers,
    async collect() {
      const answered = await reader.read().then(
        () => 1,
        () => 0,
      );
      this.set(answered);
    },
  });
}

async function samplesOf(metric: SystemMetric, reader: SnapshotReader): Promise<readonly Sample[]> {
  const snapshot = await reader.read().catch(() => null);
  return snapshot === null ? [] : metric.samples(snapshot);
}
