import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../src/clock/clock.js';
import { silentLogger } from '../src/logging/logger.js';
import { type FigureDefinition, figureDefinitions } from '../src/monitoring/figures.js';
import { createMetrics } from '../src/monitoring/metrics.js';
import { fixedTuning } from '../src/performance/live-tuning.js';
import { addTuningMetrics } from '../src/performance/tuning-metrics.js';
import { type TestDatabase, testDatabase } from './support/database.js';

const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
const rowsUnder = (heading: string): string[] => {
  const from = page.indexOf(`| ${heading} |`);
  const lines = page.slice(from).split('\n').slice(2);
  return lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith('|')),
  );
};
const span = (seconds: number | null): string =>
  seconds === null ? 'now' : seconds >= 86_400 ? `${seconds / 86_400} d` : `${seconds / 60} min`;
const targetOf = ({ target }: FigureDefinition): string =>
  target === null ? '' : 'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`;

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

describe('docs/metrics.md', () => {
  it('lists every figure as the code defines it', () => {
    const rows = figureDefinitions.map((definition) => {
      const { name, unit, window, fewest, summary } = definition;
      return `| \`${name}\` | ${unit} | ${span(window)} | ${fewest === 0 ? '' : fewest} | ${targetOf(definition)} | ${summary.en} |`;
    });
    // When this fails, put the expected lines into the page.
    expect(rowsUnder('figure')).toEqual(rows);
  });

  it('says how each is computed', () => {
    for (const { name } of figureDefinitions) expect(page).toContain(`**\`${name}\`**`);
  });

  it('lists every metric that is exported', async () => {
    const { registry } = createMetrics({ database: db.database, clock: systemClock, log: silentLogger });
    addTuningMetrics(registry, fixedTuning({ slots: 1, chunkSize: 1 }), () => ({}));
    const metrics = (await registry.getMetricsAsJSON()).filter(({ name }) => name.startsWith('todoku_'));
    const rows = metrics.map((metric) => {
      const labels = (registry.getSingleMetric(metric.name) as unknown as { labelNames: string[] }).labelNames;
      return `| \`${metric.name}\` | ${String(metric.type)} | ${labels.join(', ')} | ${metric.help} |`;
    });
    expect(rowsUnder('metric')).toEqual(rows.sort());
  });
});
