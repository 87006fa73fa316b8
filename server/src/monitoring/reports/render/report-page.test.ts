import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../../test/support/database.js';
import { hostileType, seedReportData } from '../../../../test/support/report-data.js';
import { PerformanceReports } from '../performance-reports.js';
import type { PerformanceReport } from '../report-types.js';
import { reportWords } from '../words/report-words.js';
import { html } from './markup.js';
import { reportPage } from './report-page.js';
import { reportSummary, reportText } from './report-text.js';

let db: TestDatabase;
let full: PerformanceReport;
let empty: PerformanceReport;

beforeAll(async () => {
  db = await testDatabase();
  const reports = new PerformanceReports(db.database, { storageLimitBytes: 5e9 });
  empty = await reports.generate('daily');
  await seedReportData(db.admin, new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000));
  full = await reports.generate('weekly');
});
afterAll(() => db.close());

const voidTags: ReadonlySet<string> = new Set(['meta']);

/** What is wrong with the nesting of tags and the quoting of attributes. */
function faultsOf(page: string): string[] {
  const faults: string[] = [];
  const open: string[] = [];
  for (const [tag = '', closing = '', name = '', attributes = '', selfClosed = ''] of page.matchAll(
    /<(\/?)([a-z0-9]+)((?: [a-zA-Z0-9-]+="[^"<>]*")*)(\/?)>/g,
  )) {
    if (closing !== '' && open.pop() !== name) faults.push(`${tag} closes what is not open`);
    if (closing === '' && selfClosed === '' && !voidTags.has(name)) open.push(name);
    if (/ (on[a-z]+|style|src|href|action)=/.test(attributes)) faults.push(`${tag} does more than show`);
  }
  const rest = page
    .replace(/<style>[^<]*<\/style>/, '')
    .replace('<!doctype html>', '')
    .replaceAll(/<(\/?)([a-z0-9]+)((?: [a-zA-Z0-9-]+="[^"<>]*")*)(\/?)>/g, '');
  if (/[<>]/.test(rest)) faults.push(`not a tag: ${/.{0,40}[<>].{0,40}/.exec(rest)?.[0]}`);
  return [...faults, ...open];
}

describe.each(['en', 'ja'] as const)('the page in %s', (language) => {
  it.each([true, false])('is well-formed, runs nothing and asks for nothing (charts: %s)', (charts) => {
    for (const report of [full, empty]) {
      const page = reportPage(report, reportWords(language), { charts });
      expect(faultsOf(page)).toEqual([]);
      expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)|@import|url\(/i);
      expect(page).not.toMatch(/undefined|NaN|\[object/);
      expect(page.includes('<svg')).toBe(charts && report === full);
    }
  });

  it('escapes what apps and people write', () => {
    const page = reportPage(full, reportWords(language));
    expect(page).toContain('&lt;script&gt;alert(&quot;type&quot;)&lt;/script&gt;');
    expect(page).toContain('Expo is ill &lt;b&gt;');
    expect(reportText(full, reportWords(language))).toContain(hostileType);
  });

  it('allows its own style by its hash', () => {
    const page = reportPage(full, reportWords(language));
    const style = /<style>([^<]*)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page).toContain(`style-src &#39;sha256-${hash}&#39;`);
  });

  it('says what is not known instead of a number', () => {
    const { noData, verdict, none } = reportWords(language);
    for (const said of [reportPage(empty, reportWords(language)), reportText(empty, reportWords(language))]) {
      expect(said).toContain(noData);
      expect(said).toContain(verdict.no_data);
      expect(said).toContain(none);
      expect(said).not.toMatch(/undefined|NaN/);
    }
  });
});

it('names what needs attention first', () => {
  const figures = full.figures.map((figure) =>
    figure.name === 'error_rate' ? { ...figure, value: 0.09, status: 'missed' as const } : figure,
  );
  const bad = { ...full, figures, verdict: 'attention' as const, ledger: { ...full.ledger, unaccounted: 3 } };
  const summary = reportSummary(bad, reportWords('en'), { figures: true });
  expect(summary).toContain('! Share of answers that were errors: 9 % (target: at most 5 %)');
  expect(summary).toContain('! 3 not accounted for in the ledger');
  expect(reportPage(bad, reportWords('ja'))).toContain('<li>エラー率: 9 %（目標 5 % 以下）</li>');
});

it('lets nothing that is no markup of ours into a page', () => {
  expect(html`<p title="${`a"b'`}">${'<&>\u202e\ud800'}${null}${[html`<i></i>`]}</p>`.text).toBe(
    '<p title="a&quot;b&#39;">&lt;&amp;&gt;\ufffd\ufffd<i></i></p>',
  );
});
