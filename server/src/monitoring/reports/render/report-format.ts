import { printable } from '../../../logging/printable.js';
import { formatValue } from '../../alerts/message/format-value.js';
import type { FigureDefinition } from '../../figures.js';
import { hourClock } from '../hour-clock.js';
import type { Forecast, PerformanceReport, ReportFigure } from '../report-types.js';
import type { ReportWords } from '../words/words-en.js';

/** Puts values into the words of a language, and times into the clocks of the report's zone. What has no value says so. */
export class ReportFormat {
  readonly words: ReportWords;
  readonly #clock: ReturnType<typeof hourClock>;

  constructor(words: ReportWords, zone: string) {
    this.words = words;
    this.#clock = hourClock(zone);
  }

  number(n: number): string {
    return n.toLocaleString('en-US', { maximumFractionDigits: 1 });
  }

  /** For axes: 12K, 1.2万. */
  compact(n: number): string {
    return n.toLocaleString(this.words.language === 'ja' ? 'ja-JP' : 'en-US', { notation: 'compact', maximumFractionDigits: 1 });
  }

  share(value: number | null): string {
    return this.value(value, 'share');
  }

  duration(ms: number): string {
    return this.value(ms, 'ms');
  }

  value(value: number | null, unit: FigureDefinition['unit']): string {
    return formatValue(value, unit, this.words.values);
  }

  bytes(n: number): string {
    const { bytes } = this.words;
    const step = Math.min(bytes.length - 1, n < 1 ? 0 : Math.floor(Math.log(n) / Math.log(1000)));
    return `${this.number(n / 1000 ** step)} ${bytes[step] ?? ''}`;
  }

  /** On the clocks of the zone: 2026-11-28 14:05. */
  time(iso: string): string {
    return this.#clock(new Date(iso)).text;
  }

  day(iso: string): string {
    return this.#clock(new Date(iso)).day;
  }

  target({ target, unit }: Pick<ReportFigure, 'target' | 'unit'>): string {
    if (target === null) return '';
    return 'atLeast' in target ? this.words.atLeast(this.value(target.atLeast, unit)) : this.words.atMost(this.value(target.atMost, unit));
  }

  /** From one value to another: points for shares, a share for all else. */
  change(now: number | null, before: number | null, unit: FigureDefinition['unit'] = 'count'): string {
    if (now === null || before === null) return this.words.noData;
    if (unit === 'share') return this.words.points(signed((now - before) * 100));
    if (now === before) return '±0 %';
    return before === 0 ? '–' : `${signed(((now - before) / before) * 100)} %`;
  }

  forecast(forecast: Forecast): string {
    return forecast.kind === 'reached_on' ? this.words.reachedOn(forecast.day) : this.words.forecasts[forecast.kind];
  }

  reason(reason: string): string {
    return this.words.reasons[reason] ?? printable(reason);
  }

  type(type: string): string {
    return type === '*' ? this.words.otherTypes : printable(type);
  }
}

function signed(value: number): string {
  const rounded = Math.round(value * 10) / 10;
  if (rounded === 0) return '±0';
  return `${rounded > 0 ? '+' : '−'}${Math.abs(rounded).toLocaleString('en-US', { maximumFractionDigits: 1 })}`;
}

/** Which days, compared with which. */
export function headlinesOf(report: PerformanceReport, format: ReportFormat): { title: string; days: string; notes: string[] } {
  const { words } = format;
  const { firstDay, lastDay, zone } = report;
  const endOf = (iso: string): string => format.time(iso);
  return {
    title: words.title[report.period],
    days: firstDay === lastDay ? words.oneDay(lastDay, zone) : words.days(firstDay, lastDay, zone),
    notes: [
      words.comparedWith(endOf(report.before.from), endOf(report.before.to)),
      ...(report.countedSince === null ? [] : [words.countedSince(endOf(report.countedSince))]),
      ...(report.complete ? [] : [words.unfinished(endOf(report.to))]),
    ],
  };
}

/** What somebody has to look at, one line each. */
export function concernsOf({ figures, ledger, incidents }: PerformanceReport, format: ReportFormat): string[] {
  const { words } = format;
  return [
    ...figures
      .filter(({ status }) => status === 'missed')
      .map((figure) => words.missed(figure.summary[words.language], format.value(figure.value, figure.unit), format.target(figure))),
    ...(ledger.unaccounted === 0 ? [] : [words.unaccounted(format.number(ledger.unaccounted))]),
    ...(incidents.unacknowledgedPages === 0 ? [] : [words.unacknowledged(format.number(incidents.unacknowledgedPages))]),
  ];
}

/** How the same report is made again. */
export function commandFor({ period, lastDay }: PerformanceReport): string {
  return `npx todoku report ${period} --until ${lastDay}`;
}
