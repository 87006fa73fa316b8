import { figureOf } from '../../figures.js';
import type { PerformanceReport } from '../report-types.js';
import { ledgerLines, storageLines, trendLine } from './capacity-lines.js';
import { chart } from './charts/chart.js';
import { levelBar } from './charts/share-bar.js';
import { html, type Markup } from './markup.js';
import type { SectionParts } from './page-sections.js';
import { table } from './table.js';

type Section = (parts: SectionParts) => Markup;

export const figures: Section = ({ report, format }) => {
  const { words } = format;
  const tiles = report.figures.map((figure) => {
    const { summary, value, before, unit, status } = figure;
    return html`<div class="tile"><h3>${summary[words.language]}</h3><p class="figure ${value === null ? 'none' : ''}">${format.value(value, unit)}</p>
<p><span class="mark ${status}">${words.status[status]}</span></p><p class="was">${format.target(figure)}</p>
<p class="was">${words.was(format.value(before, unit))}${before === null || value === null ? null : ` (${format.change(value, before, unit)})`}</p></div>
`;
  });
  return html`<div class="tiles">${tiles}</div>`;
};

export const course: Section = ({ report, format, charts }) => {
  const { words } = format;
  const { columns, charts: says } = words;
  const { steps } = report.course;
  const labels = steps.map(({ label }) => label);
  const whole = { labels, format: (value: number) => format.compact(value), noData: words.noData };
  const speed = figureOf('average_delivery_ms').target;
  const drawn = [
    chart({
      ...whole,
      title: says.accepted,
      bars: [
        [{ name: says.before, tone: 'quiet', values: steps.map(({ acceptedBefore }) => acceptedBefore) }],
        [{ name: says.thisPeriod, tone: 'main', values: steps.map(({ accepted }) => accepted) }],
      ],
    }),
    chart({
      ...whole,
      title: says.outcomes,
      bars: [
        [
          { name: says.delivered, tone: 'good', values: steps.map(({ delivered }) => delivered) },
          { name: says.lost, tone: 'bad', values: steps.map(({ lost }) => lost) },
        ],
      ],
    }),
    chart({
      ...whole,
      title: says.speed,
      lines: [{ name: says.average, tone: 'main', values: steps.map(({ averageDeliveryMs }) => averageDeliveryMs) }],
      ...(speed !== null && 'atMost' in speed ? { limit: { name: says.target, value: speed.atMost } } : {}),
      format: (value) => format.duration(value),
    }),
    chart({ ...whole, title: says.errors, bars: [[{ name: says.errorsOf, tone: 'bad', values: steps.map(({ errors }) => errors) }]] }),
  ];
  const numbers = table(
    [
      { name: columns.step, kind: 'lead', cell: ({ from }) => (report.course.step === 'hour' ? format.time(from) : format.day(from)) },
      { name: columns.accepted, kind: 'n', cell: ({ accepted }) => format.number(accepted) },
      { name: columns.delivered, kind: 'n', cell: ({ delivered }) => format.number(delivered) },
      { name: columns.lost, kind: 'n', cell: ({ lost }) => format.number(lost) },
      { name: columns.errors, kind: 'n', cell: ({ errors }) => format.number(errors) },
      { name: columns.success, kind: 'n', cell: ({ successRate }) => format.share(successRate) },
      { name: columns.average, kind: 'n', cell: ({ averageDeliveryMs }) => format.value(averageDeliveryMs, 'ms') },
    ],
    steps,
  );
  return charts ? html`<div class="charts">${drawn}</div><details><summary>${words.numbers}</summary>${numbers}</details>` : numbers;
};

export const stops: Section = ({ report, format }) => {
  const { words } = format;
  const { columns } = words;
  if (report.stops.length === 0) return html`<p class="note">${words.none}</p>`;
  return table(
    [
      { name: columns.stop, kind: 'lead', cell: ({ kind }) => words.stopKinds[kind] },
      { name: columns.from, kind: 't', cell: ({ from }) => format.time(from) },
      { name: columns.lasted, kind: 't', cell: ({ until, durationMs }) => lasted(until, format.duration(durationMs), words.stopLasts) },
      { name: columns.by, kind: 'word', cell: ({ by }) => by },
      { name: columns.why, kind: 'word', cell: ({ reason }) => reason },
    ],
    report.stops,
  );
};

const lasted = (until: string | null, duration: string, lasts: string): string => (until === null ? `${duration} (${lasts})` : duration);

export const slowest: Section = ({ report, format }) => {
  const { words } = format;
  const { columns } = words;
  const rows = table(
    [
      { name: columns.hour, kind: 'lead', cell: ({ from }) => format.time(from) },
      { name: columns.average, kind: 'n', cell: ({ averageMs }) => format.duration(averageMs) },
      { name: columns.sent, kind: 'n', cell: ({ sent }) => format.number(sent) },
    ],
    report.slowestHours,
  );
  return html`${report.slowestHours.length === 0 ? html`<p class="note">${words.noData}</p>` : rows}<p class="note">${words.slowestNote}</p>`;
};

export const capacity: Section = ({ report, format, charts }) => {
  const { words } = format;
  const { columns, charts: says } = words;
  type Row = PerformanceReport['capacity']['projects'][number];
  const { weeks, projects } = report.capacity;
  const drawn = chart({
    title: says.weeks,
    labels: weeks.map(({ lastDay }) => lastDay.slice(5)),
    bars: [[{ name: says.acceptedOf, tone: 'main', values: weeks.map(({ accepted }) => accepted) }]],
    format: (value) => format.compact(value),
    noData: words.noData,
  });
  const use = table<Row>(
    [
      { name: columns.project, kind: 'lead', cell: ({ project }) => project },
      { name: columns.budget, kind: 'n', cell: ({ budget }) => (budget === null ? words.noBudget : words.budget(format.number(budget))) },
      { name: columns.busiestHour, kind: 'n', cell: ({ budget, busiestHour }) => (budget === null ? null : format.share(busiestHour)) },
      {
        name: columns.busiestMinute,
        kind: 'n',
        cell: ({ budget, busiestMinute }) => (budget === null ? null : format.share(busiestMinute)),
      },
      ...(charts ? [{ name: '', cell: ({ busiestHour, project }: Row) => levelBar(busiestHour, 'main', project) }] : []),
      { name: columns.forecast, kind: 't', cell: ({ forecast }) => format.forecast(forecast) },
    ],
    projects,
  );
  return html`${charts ? html`<div class="charts">${drawn}</div>` : null}<p>${trendLine(report, format)}</p>${use}${lines(storageLines(report, format))}`;
};

export const ledger: Section = ({ report, format }) => html`${lines(ledgerLines(report, format))}`;

const lines = (texts: readonly string[]): Markup[] => texts.map((text) => html`<p>${text}</p>`);
