import { printable } from '../../../logging/printable.js';
import { reportPage } from '../../reports/render/report-page.js';
import { reportHeadline, reportSummary, reportText } from '../../reports/render/report-text.js';
import type { PerformanceReport } from '../../reports/report-types.js';
import { reportWords } from '../../reports/words/report-words.js';
import type { Notice, NoticeAlert } from '../notice-types.js';
import { formatValue } from './format-value.js';
import { englishWords, japaneseWords, type MessageWords } from './message-words.js';

export type MessageLanguage = 'en' | 'ja';

interface Message {
  /** One line. */
  readonly subject: string;
  readonly text: string;
}

/** A report as mails carry it. */
interface ReportFiles {
  readonly text: string;
  /** Tables alone: mail programs draw no charts. */
  readonly html: string;
  /** The whole of it, to be opened in a browser. */
  readonly page: string;
  readonly fileName: string;
}

/** A storm is read by its beginning; the rest is on the screen. */
const mostAlerts = 20;

/** Puts messages into words: what, since when, value and limit, about what, the page that says what to do, and the one command to run first. */
export class MessageWriter {
  readonly #language: MessageLanguage;
  readonly #words: MessageWords;
  readonly #publicUrl: string | null;

  /** `publicUrl`: where the system is reached, without a slash at its end; null: links are paths in the checkout. */
  constructor(language: MessageLanguage, publicUrl: string | null) {
    this.#language = language;
    this.#words = language === 'ja' ? japaneseWords : englishWords;
    this.#publicUrl = publicUrl;
  }

  write({ kind, content: { alerts, report } }: Pick<Notice, 'kind' | 'content'>): Message {
    if (report !== undefined) {
      const words = reportWords(this.#language);
      return { subject: reportHeadline(report, words), text: reportSummary(report, words, { figures: true }) };
    }
    if (kind === 'test') return { subject: `Todoku: ${this.#words.test}`, text: this.#words.testText };
    const shown = alerts.slice(0, mostAlerts).map((alert) => this.#describe(alert));
    if (alerts.length > mostAlerts) shown.push(this.#words.more(alerts.length - mostAlerts));
    return { subject: this.#subject(alerts), text: shown.join('\n\n') };
  }

  writeReport(report: PerformanceReport): ReportFiles {
    const words = reportWords(this.#language);
    return {
      text: reportText(report, words),
      html: reportPage(report, words, { charts: false }),
      page: reportPage(report, words),
      fileName: `todoku-${report.period}-${report.lastDay}.html`,
    };
  }

  runbookLink(runbook: string): string {
    const path = `manual/${this.#language}/${runbook}`;
    return this.#publicUrl === null ? `docs/${path}` : `${this.#publicUrl}/${path}`;
  }

  #subject(alerts: readonly NoticeAlert[]): string {
    const { severities, firing, over } = this.#words;
    const open = alerts.filter(({ change }) => change !== 'resolved');
    const [first] = open.length > 0 ? open : alerts;
    if (first === undefined) return 'Todoku';
    const ended = alerts.length - open.length;
    const weight = open.length > 0 ? `[${severities[first.severity]}] ` : '';
    const counts = [open.length > 0 ? firing(open.length) : null, ended > 0 ? over(ended) : null].filter((part) => part !== null);
    return `Todoku ${weight}${counts.join(', ')}: ${this.#summary(first)}`;
  }

  #describe(alert: NoticeAlert): string {
    const words = this.#words;
    const value = (n: number | null): string => formatValue(n, alert.unit, words);
    const over = alert.change === 'resolved';
    const limit = words.limit(alert.comparison, value(alert.threshold));
    const head = `${words.changes[alert.change]} [${words.severities[alert.severity]}] ${this.#summary(alert)}`;
    const lines: readonly (readonly [string, string | null])[] = [
      [words.value, alert.unit === 'flag' ? value(alert.value) : `${value(alert.value)} ${limit}`],
      [words.about, alert.subject === '' ? words.wholeSystem : printable(alert.subject)],
      [words.since, this.#time(alert.since)],
      [
        words.until,
        alert.resolvedAt === null ? null : `${this.#time(alert.resolvedAt)} (${words.resolvedWhy[alert.resolvedWhy ?? 'cleared']})`,
      ],
      [words.first, over ? null : `npx ${printable(alert.command)}`],
      [words.page, over ? null : this.runbookLink(alert.runbook)],
      [words.acknowledge, over ? null : `npx todoku alerts ack ${alert.id} --reason '…'`],
    ];
    const said = lines.flatMap(([name, text]) => (text === null ? [] : [`  ${name}: ${text}`]));
    return [`${head} (${alert.rule})`, ...said].join('\n');
  }

  #summary({ summaryEn, summaryJa }: NoticeAlert): string {
    return printable(this.#language === 'ja' ? summaryJa : summaryEn);
  }

  /** In UTC, and where the readers have a zone of their own, in that first. */
  #time(iso: string): string {
    const utc = `${iso.slice(0, 16).replace('T', ' ')}Z`;
    const { zone } = this.#words;
    if (zone.name === 'UTC') return utc;
    const local = new Intl.DateTimeFormat('sv-SE', { timeZone: zone.name, dateStyle: 'short', timeStyle: 'short' }).format(new Date(iso));
    return `${local} ${zone.abbreviation} (${utc})`;
  }
}
