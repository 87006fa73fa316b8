import { cellsOf } from '../../../logging/cells.js';
import type { PerformanceReport } from '../report-types.js';
import type { ReportWords } from '../words/words-en.js';
import { ledgerLines, storageLines, trendLine } from './capacity-lines.js';
import { acknowledged } from './page-sections.js';
import { commandFor, concernsOf, headlinesOf, ReportFormat } from './report-format.js';

/** A report for a terminal or a mail: columns that align in a font of even width, and read well in any other. */
export function reportText(report: PerformanceReport, words: ReportWords): string {
  const format = new ReportFormat(words, report.zone);
  const parts: readonly (readonly [keyof ReportWords['sections'], readonly string[]])[] = [
    ['figures', figureLines(report, format)],
    ['totals', columns(report.totals.map(({ name, n, before }) => [words.totals[name], ...counted(n, before, format)]))],
    ['errors', errorLines(report, format)],
    ['engagement', engagementLines(report, format)],
    ['notSent', notSentLines(report, format)],
    ['tokens', tokenLines(report, format)],
    ['incidents', incidentLines(report, format)],
    ['stops', stopLines(report, format)],
    [
      'slowest',
      columns(
        report.slowestHours.map(({ from, averageMs, sent }) => [
          format.time(from),
          format.duration(averageMs),
          `${words.columns.sent} ${format.number(sent)}`,
        ]),
      ),
    ],
    ['capacity', [trendLine(report, format), ...projectLines(report, format), ...storageLines(report, format)]],
    ['ledger', ledgerLines(report, format)],
  ];
  return [
    reportSummary(report, words),
    ...parts.map(([name, lines]) => `${words.sections[name]}\n${indented(lines.length === 0 ? [words.none] : lines)}`),
    `${words.made(format.time(report.madeAt))}\n${words.again(commandFor(report))}`,
  ].join('\n\n');
}

/** Its beginning alone, for a chat: which days, whether all is well, the key figures. */
export function reportSummary(
  report: PerformanceReport,
  words: ReportWords,
  { figures = false }: { readonly figures?: boolean } = {},
): string {
  const format = new ReportFormat(words, report.zone);
  const { days, notes } = headlinesOf(report, format);
  return [
    reportTitle(report, words),
    days,
    ...notes,
    '',
    words.verdict[report.verdict],
    ...concernsOf(report, format).map((concern) => `! ${concern}`),
    ...(figures ? ['', ...figureLines(report, format), ...totalLines(report, format), '', words.again(commandFor(report))] : []),
  ].join('\n');
}

/** In one line, for the subject of a mail. */
export function reportHeadline(report: PerformanceReport, words: ReportWords): string {
  const { days } = headlinesOf(report, new ReportFormat(words, report.zone));
  return `${reportTitle(report, words)} ${days}: ${words.verdict[report.verdict]}`;
}

const reportTitle = ({ period }: PerformanceReport, words: ReportWords): string => `Todoku ${words.title[period]}`;

const figureLines = ({ figures }: PerformanceReport, format: ReportFormat): string[] =>
  columns(
    figures.map((figure) => [
      `${figure.status === 'missed' ? '! ' : '  '}${figure.summary[format.words.language]}`,
      format.value(figure.value, figure.unit),
      `${format.target(figure)}, ${format.words.was(format.value(figure.before, figure.unit))}`,
    ]),
  );

const totalLines = ({ totals }: PerformanceReport, format: ReportFormat): string[] =>
  totals
    .filter(({ name }) => name === 'accepted' || name === 'delivered')
    .map(({ name, n, before }) => `${format.words.totals[name]}: ${format.number(n)} (${format.words.was(format.number(before))})`);

const counted = (n: number, before: number, format: ReportFormat): string[] => [
  format.number(n),
  `${format.words.was(format.number(before))} (${format.change(n, before)})`,
];

function errorLines({ errors }: PerformanceReport, format: ReportFormat): string[] {
  const { language, moreErrors } = format.words;
  return [
    ...columns(errors.byType.map(({ code, count, before }) => [code, ...counted(count, before, format)])),
    ...errors.byType.map(({ code, advice }) => `${code}: ${advice[language]}`),
    ...(errors.more === 0 ? [] : [moreErrors(format.number(errors.more))]),
  ];
}

function engagementLines({ engagement: { byType } }: PerformanceReport, format: ReportFormat): string[] {
  return columns(
    byType.map(({ type, accepted, engaged, rate, rateBefore }) => [
      format.type(type),
      format.share(rate),
      `${format.number(engaged)} / ${format.number(accepted)}, ${format.words.was(format.share(rateBefore))}`,
    ]),
  );
}

function notSentLines({ notSent: { suppressed, held, heldNow } }: PerformanceReport, format: ReportFormat): string[] {
  const { words } = format;
  const lines = (name: string, rows: typeof held): string[] =>
    columns(rows.map(({ reason, n, before }) => [`${name}: ${format.reason(reason)}`, ...counted(n, before, format)]));
  return [...lines(words.suppressed, suppressed), ...lines(words.held, held), words.heldNow(format.number(heldNow))];
}

function tokenLines({ tokens }: PerformanceReport, format: ReportFormat): string[] {
  const { columns: names } = format.words;
  return tokens.map((row) => {
    const numbers = (['active', 'quarantined', 'invalid', 'signedOut', 'registered', 'lost'] as const).map(
      (name) => `${names[name]} ${format.number(row[name])}`,
    );
    return `${row.platform}: ${numbers.join(', ')}, ${names.lostShare} ${format.share(row.lostShare)}`;
  });
}

function incidentLines({ incidents: { total, before, listed } }: PerformanceReport, format: ReportFormat): string[] {
  const { words } = format;
  const lines = listed.map((row) => [
    format.time(row.firedAt),
    words.values.severities[row.severity],
    row.resolvedAt === null ? words.lasting : format.duration(row.durationMs),
    `${row.summary[words.language]} (${row.subject === '' ? row.rule : `${row.rule} ${row.subject}`}; ${words.columns.acknowledged}: ${acknowledged(row, format)})`,
  ]);
  const more = total > listed.length ? [words.moreIncidents(format.number(total - listed.length))] : [];
  return [words.incidentCount(format.number(total), format.number(before)), ...columns(lines), ...more];
}

function stopLines({ stops }: PerformanceReport, format: ReportFormat): string[] {
  const { words } = format;
  return columns(
    stops.map(({ kind, from, until, durationMs, by, reason }) => [
      format.time(from),
      words.stopKinds[kind],
      `${format.duration(durationMs)}${until === null ? ` (${words.stopLasts})` : ''}`,
      `${by}${reason === null ? '' : `: ${reason}`}`,
    ]),
  );
}

function projectLines({ capacity: { projects } }: PerformanceReport, format: ReportFormat): string[] {
  const { words } = format;
  return projects.map(({ project, budget, busiestHour, forecast }) =>
    budget === null
      ? `${project}: ${words.noBudget}`
      : `${project}: ${words.budget(format.number(budget))}, ${words.columns.busiestHour} ${format.share(busiestHour)}, ${words.columns.forecast}: ${format.forecast(forecast)}`,
  );
}

const indented = (lines: readonly string[]): string => lines.map((line) => `  ${line}`).join('\n');

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => cellsOf(row[column] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, i) => cell + ' '.repeat(Math.max(0, (widths[i] ?? 0) - cellsOf(cell))))
      .join('  ')
      .trimEnd(),
  );
}
