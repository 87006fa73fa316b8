import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../src/clock/clock.js';
import { silentLogger } from '../src/logging/logger.js';
import { proveWhenDue } from '../src/monitoring/continuous-proof.js';
import { createMetrics, type Metrics } from '../src/monitoring/metrics.js';
import { fixedTuning } from '../src/performance/live-tuning.js';
import { addTuningMetrics } from '../src/performance/tuning-metrics.js';
import { Spine } from './support/spine.js';

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly datasource: unknown;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly refId: string; readonly expr: string }[];
}

interface Dashboard {
  readonly schemaVersion: number;
  readonly description: string;
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string; readonly query: unknown }[] };
  readonly panels: readonly Panel[];
}

const file = (name: string): string => readFileSync(new URL(`../../docs/grafana/${name}`, import.meta.url), 'utf8');
const dashboard = JSON.parse(file('todoku.json')) as Dashboard;
const expressions = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
const alertExpressions = [...file('prometheus-alerts.yml').matchAll(/^ +expr: (.+)$/gm)].map(([, expr = '']) => expr);

/** The series of a scrape: by name, its label sets. */
let series: Map<string, Record<string, string>[]>;
let spine: Spine;
let metrics: Metrics;

beforeAll(async () => {
  spine = await Spine.start({
    delivery: (database) => {
      metrics = createMetrics({ database, clock: systemClock, log: silentLogger });
      return metrics.delivery;
    },
  });
  const users = await spine.users(30);
  spine.simulator.control.setToken(users[0]?.tokens[0] ?? '', { behaviour: 'dead_at_ticket' });
  for (const { id } of users) await spine.notify(id);
  await spine.notify('00000000-0000-4000-8000-000000000001');
  await spine.admin.query(
    `insert into push.workers (id, host, pid, roles, version, stats) values ('one', 'host', 1, '{worker}', '1', '{}')`,
  );
  await spine.worker();
  await spine.settles();
  addTuningMetrics(metrics.registry, fixedTuning({ slots: 1, chunkSize: 1 }), () => ({}));
  await spine.admin.query('update notifications set is_read = true, read_at = now()');
  await proveWhenDue(spine.database, silentLogger);
  // Something that waits.
  await spine.admin.query('update push.controls set paused = true');
  await spine.notify((await spine.user()).id);
  await vi.waitFor(async () => expect(await spine.admin.query('select from push.chunks')).toHaveLength(1));
  // A scrape says itself when the database did not tell all of it.
  series = await vi.waitFor(async () => {
    const text = await metrics.registry.metrics();
    expect(text).toMatch(/^todoku_database_up 1$/m);
    return readScrape(text);
  });
});
afterAll(() => spine.close());

function readScrape(text: string): Map<string, Record<string, string>[]> {
  const found = new Map<string, Record<string, string>[]>();
  for (const line of text.split('\n')) {
    const [, name, labels = ''] = /^([a-z_0-9]+)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === undefined) continue;
    found.set(name, [...(found.get(name) ?? []), Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, k, v]) => [k, v]))]);
  }
  return found;
}

/** What a query asks for: metrics with their label matchers, and the labels that it groups by. */
function asked(expr: string): {
  readonly metrics: { readonly name: string; readonly labels: [string, string, string][] }[];
  readonly by: string[];
} {
  const metricsOf = [...expr.matchAll(/\b((?:todoku|process|nodejs)_[a-z0-9_]+)(?:\{([^}]*)\})?/g)].map(([, name = '', inside = '']) => ({
    name,
    labels: [...inside.matchAll(/(\w+)(=~|!=|=)"([^"]*)"/g)].map(([, label = '', how = '', value = '']): [string, string, string] => [
      label,
      how,
      value,
    ]),
  }));
  const by = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(',').map((label) => label.trim()));
  return { metrics: metricsOf, by };
}

describe.each([
  ['the dashboard', expressions],
  ['the rules for Prometheus', alertExpressions],
])('%s', (_name, all) => {
  it.each(all.map((expr) => [expr]))('%s finds something in a scrape of a system with traffic', (expr) => {
    const { metrics: wanted, by } = asked(expr);
    expect(wanted.length).toBeGreaterThan(0);
    for (const { name, labels } of wanted) {
      // Added by Prometheus itself.
      const own = labels.filter(([label]) => label !== 'job');
      const fits = (one: Record<string, string>): boolean =>
        own.every(([label, how, value]) => (how === '=' ? one[label] === value : how === '!=' ? (one[label] ?? '') !== value : false));
      const found = (series.get(name) ?? []).filter(fits);
      expect(found, `series of ${name}`).not.toEqual([]);
      for (const label of by) expect(Object.keys(found[0] ?? {}), name).toContain(label);
    }
  });
});

describe('the dashboard as Grafana takes it', () => {
  it('has a schema, panels with numbers of their own, and a choice of the data source that all of them use', () => {
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    expect(dashboard.templating.list).toContainEqual(
      expect.objectContaining({ name: 'datasource', type: 'datasource', query: 'prometheus' }),
    );
    for (const { datasource, targets } of dashboard.panels) {
      expect(datasource).toEqual({ type: 'prometheus', uid: '$\u007bdatasource}' });
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    }
  });

  it('has panels that do not lie on each other', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)}/${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { gridPos } of dashboard.panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });

  it('speaks English and Japanese', () => {
    const japanese = /[\u3040-\u30ff\u4e00-\u9fff]/;
    expect(dashboard.description).toMatch(japanese);
    for (const { title } of dashboard.panels) expect(title).toMatch(japanese);
  });
});
