import { html, type Markup } from '../markup.js';
import { roundScale } from './scale.js';

/** Values of one kind, one a step; null: no data. `tone`: which colour of the page it has. */
export interface Series {
  readonly name: string;
  readonly tone: 'main' | 'quiet' | 'good' | 'bad';
  readonly values: readonly (number | null)[];
}

export interface ChartParts {
  readonly title: string;
  /** Under the steps; as many as there are values. */
  readonly labels: readonly string[];
  /** Bars beside each other; series within one group stand on top of each other. */
  readonly bars?: readonly (readonly Series[])[];
  readonly lines?: readonly Series[];
  /** Drawn across: what ought to be. */
  readonly limit?: { readonly name: string; readonly value: number };
  readonly format: (value: number) => string;
  /** Said in place of an empty chart. */
  readonly noData: string;
}

const width = 420;
const height = 190;
const plot = { left: 54, right: 8, top: 10, bottom: 24 } as const;
const innerWidth = width - plot.left - plot.right;
const innerHeight = height - plot.top - plot.bottom;
const mostLabels = 8;

const px = (value: number): number => Math.round(value * 10) / 10;

/** Bars and lines over steps of time, as SVG without scripts or styles of its own: classes get their colours from the page. */
export function chart(parts: ChartParts): Markup {
  const series = [...(parts.bars ?? []).flat(), ...(parts.lines ?? [])];
  const most = highest(parts);
  const hasData = series.some(({ values }) => values.some((value) => value !== null && value !== 0));
  const body = hasData ? drawing(parts, most) : html`<p class="none">${parts.noData}</p>`;
  return html`<figure><figcaption>${parts.title}</figcaption>${hasData ? legend(parts) : null}${body}</figure>
`;
}

function highest({ bars = [], lines = [], limit, labels }: ChartParts): number {
  const stacks = labels.flatMap((_, i) => bars.map((group) => group.reduce((sum, { values }) => sum + (values[i] ?? 0), 0)));
  const points = lines.flatMap(({ values }) => values.map((value) => value ?? 0));
  return Math.max(...stacks, ...points, limit?.value ?? 0, Number.MIN_VALUE);
}

function legend({ bars = [], lines = [], limit }: ChartParts): Markup {
  const entries = [...bars.flat(), ...lines].map(({ name, tone }) => html`<li><i class="${tone}"></i>${name}</li>`);
  const across = limit === undefined ? null : html`<li><i class="limit"></i>${limit.name}</li>`;
  return html`<ul class="legend">${entries}${across}</ul>`;
}

function drawing(parts: ChartParts, most: number): Markup {
  const { labels, bars = [], lines = [], limit, title } = parts;
  const { top, lines: grid } = roundScale(most, { whole: bars.length > 0 });
  const y = (value: number): number => px(plot.top + innerHeight * (1 - value / top));
  const stepWidth = innerWidth / Math.max(1, labels.length);
  const x = (step: number): number => plot.left + stepWidth * step;
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
${axes(grid, y, parts.format)}
${labelsUnder(labels, (step) => px(x(step) + stepWidth / 2))}
${bars.flatMap((group, nth) => group.flatMap((series, level) => barsOf(series, { x, y, stepWidth, nth, groups: bars.length, below: group.slice(0, level) })))}
${lines.map((series) => lineOf(series, (step) => px(x(step) + stepWidth / 2), y))}
${limit === undefined ? null : html`<line class="limit" x1="${plot.left}" x2="${width - plot.right}" y1="${y(limit.value)}" y2="${y(limit.value)}"/>`}
</svg>`;
}

function axes(grid: readonly number[], y: (value: number) => number, format: (value: number) => string): Markup[] {
  return [0, ...grid].map(
    (value) =>
      html`<line class="${value === 0 ? 'base' : 'grid'}" x1="${plot.left}" x2="${width - plot.right}" y1="${y(value)}" y2="${y(value)}"/><text class="value" x="${plot.left - 6}" y="${y(value) + 4}">${format(value)}</text>`,
  );
}

function labelsUnder(labels: readonly string[], middle: (step: number) => number): (Markup | null)[] {
  const every = Math.ceil(labels.length / mostLabels);
  return labels.map((label, step) =>
    step % every === 0 ? html`<text class="step" x="${middle(step)}" y="${height - 8}">${label}</text>` : null,
  );
}

interface BarPlace {
  readonly x: (step: number) => number;
  readonly y: (value: number) => number;
  readonly stepWidth: number;
  readonly nth: number;
  readonly groups: number;
  readonly below: readonly Series[];
}

function barsOf({ tone, name, values }: Series, { x, y, stepWidth, nth, groups, below }: BarPlace): (Markup | null)[] {
  const room = stepWidth * 0.76;
  const barWidth = px(Math.min(26, room / groups));
  return values.map((value, step) => {
    if (value === null || value <= 0) return null;
    const base = below.reduce((sum, series) => sum + (series.values[step] ?? 0), 0);
    const left = px(x(step) + stepWidth / 2 - (barWidth * groups) / 2 + nth * barWidth);
    return html`<rect class="${tone}" x="${left}" y="${y(base + value)}" width="${px(barWidth - (groups > 1 ? 1 : 0))}" height="${px(y(base) - y(base + value))}"><title>${name}: ${value}</title></rect>`;
  });
}

/** Where there is no data the line is broken; what stands alone is a dot. */
function lineOf({ tone, values }: Series, middle: (step: number) => number, y: (value: number) => number): Markup {
  const parts: string[] = [];
  for (const [step, value] of values.entries()) {
    if (value === null) continue;
    parts.push(`${(values[step - 1] ?? null) === null ? 'M' : 'L'}${middle(step)} ${y(value)}`);
  }
  const alone = values.flatMap((value, step) =>
    value !== null && (values[step - 1] ?? null) === null && (values[step + 1] ?? null) === null
      ? [html`<circle class="${tone}" cx="${middle(step)}" cy="${y(value)}" r="3"/>`]
      : [],
  );
  return html`<path class="line ${tone}" d="${parts.join('')}"/>${alone}`;
}
