import type { PerformanceReport } from '../report-types.js';
import { chart } from './charts/chart.js';
import { levelBar, shareBar } from './charts/share-bar.js';
import { html, type Markup } from './markup.js';
import type { ReportFormat } from './report-format.js';
import { table } from './table.js';

/** What a section needs; `charts`: false in mails, whose readers may not draw them. */
export interface SectionParts {
  readonly report: PerformanceReport;
  readonly format: ReportFormat;
  readonly charts: boolean;
}

type Section = (parts: SectionParts) => Markup;

const none: Section = ({ format }) => html`<p class="note">${format.words.none}</p>`;
const code = (text: string): Markup => html`<code>${text}</code>`;

export const totals: Section = ({ report, format }) => {
  const { columns, totals: names } = format.words;
  return table(
    [
      { name: columns.what, kind: 'lead', cell: ({ name }) => names[name] },
      { name: columns.now, kind: 'n', cell: ({ n }) => format.number(n) },
      { name: columns.before, kind: 'n', cell: ({ before }) => format.number(before) },
      { name: columns.change, kind: 'n', cell: ({ n, before }) => format.change(n, before) },
    ],
    report.totals,
  );
};

export const errors: Section = ({ report, format, charts }) => {
  const { columns, language, moreErrors } = format.words;
  const { byType, more } = report.errors;
  if (byType.length === 0) return none({ report, format, charts });
  const rows = table(
    [
      { name: columns.code, kind: 'lead', cell: ({ code: text }) => code(text) },
      { name: columns.count, kind: 'n', cell: ({ count }) => format.number(count) },
      { name: columns.before, kind: 'n', cell: ({ before }) => format.number(before) },
      { name: columns.share, kind: 'n', cell: ({ share }) => format.share(share) },
      { name: columns.advice, kind: 'advice', cell: ({ advice }) => withCode(advice[language]) },
    ],
    byType,
  );
  return html`${rows}${more === 0 ? null : html`<p class="note">${moreErrors(format.number(more))}</p>`}`;
};

/** Commands stand between backquotes. */
function withCode(text: string): Markup {
  return html`${text.split('`').map((part, i) => (i % 2 === 1 ? code(part) : html`${part}`))}`;
}

export const engagement: Section = ({ report, format, charts }) => {
  const { columns, charts: says } = format.words;
  const { byType, byHour } = report.engagement;
  const rows = table(
    [
      { name: columns.type, kind: 'lead', cell: ({ type }) => format.type(type) },
      { name: columns.accepted, kind: 'n', cell: ({ accepted }) => format.number(accepted) },
      { name: columns.engaged, kind: 'n', cell: ({ engaged }) => format.number(engaged) },
      { name: columns.rate, kind: 'n', cell: ({ rate }) => format.share(rate) },
      ...(charts ? [{ name: '', cell: ({ rate, type }: (typeof byType)[number]) => levelBar(rate, 'main', format.type(type)) }] : []),
      { name: columns.rateBefore, kind: 'n', cell: ({ rateBefore }) => format.share(rateBefore) },
    ],
    byType,
  );
  const hours = chart({
    title: says.byHour,
    labels: byHour.map(({ hour }) => String(hour)),
    bars: [
      [{ name: says.acceptedOf, tone: 'quiet', values: byHour.map(({ accepted }) => accepted) }],
      [{ name: says.engagedOf, tone: 'main', values: byHour.map(({ engaged }) => engaged) }],
    ],
    format: (value) => format.compact(value),
    noData: format.words.noData,
  });
  return html`${byType.length === 0 ? none({ report, format, charts }) : rows}${charts ? html`<div class="charts">${hours}</div>` : null}`;
};

export const notSent: Section = ({ report, format }) => {
  const { columns, suppressed, held, heldNow } = format.words;
  const part = (name: string, rows: PerformanceReport['notSent']['held']): Markup | null =>
    rows.length === 0
      ? null
      : table(
          [
            { name, kind: 'lead', cell: ({ reason }) => format.reason(reason) },
            { name: columns.now, kind: 'n', cell: ({ n }) => format.number(n) },
            { name: columns.before, kind: 'n', cell: ({ before }) => format.number(before) },
            { name: columns.change, kind: 'n', cell: ({ n, before }) => format.change(n, before) },
          ],
          rows,
        );
  const { notSent: said } = report;
  return html`${part(suppressed, said.suppressed)}${part(held, said.held)}<p class="note">${heldNow(format.number(said.heldNow))}</p>`;
};

export const tokens: Section = ({ report, format, charts }) => {
  const { columns, tokensNote } = format.words;
  if (report.tokens.length === 0) return none({ report, format, charts });
  type Row = (typeof report.tokens)[number];
  const number = (name: 'active' | 'quarantined' | 'invalid' | 'signedOut' | 'registered' | 'lost') =>
    ({ name: columns[name], kind: 'n', cell: (row: Row) => format.number(row[name]) }) as const;
  const bar = (row: Row): Markup | null =>
    shareBar([
      { tone: 'good', name: columns.active, n: row.active },
      { tone: 'quiet', name: columns.signedOut, n: row.signedOut },
      { tone: 'bad', name: `${columns.quarantined}, ${columns.invalid}`, n: row.quarantined + row.invalid },
    ]);
  const rows = table<Row>(
    [
      { name: columns.platform, kind: 'lead', cell: ({ platform }) => platform },
      ...(charts ? [{ name: '', cell: bar }] : []),
      ...(['active', 'quarantined', 'invalid', 'signedOut', 'registered', 'lost'] as const).map(number),
      { name: columns.lostShare, kind: 'n', cell: ({ lostShare }) => format.share(lostShare) },
    ],
    report.tokens,
  );
  return html`${rows}<p class="note">${tokensNote}</p>`;
};

export const incidents: Section = ({ report, format }) => {
  const { words } = format;
  const { total, before, listed } = report.incidents;
  const rows = table(
    [
      { name: words.columns.alert, kind: 'lead', cell: (row) => alertName(row, format) },
      {
        name: words.columns.severity,
        cell: ({ severity }) => html`<span class="mark ${severity}">${words.values.severities[severity]}</span>`,
      },
      { name: words.columns.fired, kind: 't', cell: ({ firedAt }) => format.time(firedAt) },
      { name: words.columns.lasted, kind: 't', cell: (row) => (row.resolvedAt === null ? words.lasting : format.duration(row.durationMs)) },
      { name: words.columns.worst, kind: 'n', cell: ({ worst, unit }) => (unit === 'flag' ? null : format.value(worst, unit)) },
      { name: words.columns.acknowledged, kind: 'word', cell: (row) => acknowledged(row, format) },
    ],
    listed,
  );
  const more = total > listed.length ? html`<p class="note">${words.moreIncidents(format.number(total - listed.length))}</p>` : null;
  return html`<p>${words.incidentCount(format.number(total), format.number(before))}</p>${listed.length === 0 ? null : rows}${more}`;
};

type Incident = PerformanceReport['incidents']['listed'][number];

const alertName = ({ summary, rule, subject }: Incident, { words }: ReportFormat): Markup =>
  html`${summary[words.language]} ${code(subject === '' ? rule : `${rule} ${subject}`)}`;

export function acknowledged({ acknowledgedBy, acknowledgedAfterMs, told }: Incident, format: ReportFormat): string {
  const { words } = format;
  if (acknowledgedBy === null) return told ? words.nobody : words.untold;
  return words.acknowledgedBy(acknowledgedBy, format.duration(acknowledgedAfterMs ?? 0));
}
