import type { PerformanceReport } from '../report-types.js';
import type { ReportWords } from '../words/words-en.js';
import { html, Markup } from './markup.js';
import { capacity, course, figures, ledger, slowest, stops } from './page-operation.js';
import { engagement, errors, incidents, notSent, type SectionParts, tokens, totals } from './page-sections.js';
import { commandFor, concernsOf, headlinesOf, ReportFormat } from './report-format.js';
import { pagePolicy, style } from './style.js';

const sections = { figures, totals, course, errors, engagement, notSent, tokens, incidents, stops, slowest, capacity, ledger } as const;

/**
 * A report as one HTML file that needs nothing else: its style within, charts as SVG, no scripts. It says itself that it may do no more, so that
 * it is as harmless from a disk or out of a mail as from the API. `charts` false: tables alone, for the readers of mails.
 */
export function reportPage(report: PerformanceReport, words: ReportWords, { charts = true }: { readonly charts?: boolean } = {}): string {
  const format = new ReportFormat(words, report.zone);
  const { title, days, notes } = headlinesOf(report, format);
  const parts: SectionParts = { report, format, charts };
  const body = Object.entries(sections).map(
    ([name, section]) => html`<section><h2>${words.sections[name as keyof typeof sections]}</h2>
${section(parts)}</section>
`,
  );
  return html`${new Markup('<!doctype html>')}
<html lang="${words.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${pagePolicy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Todoku ${title} ${days}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<main>
<header><h1>Todoku ${title}</h1>
<p class="days">${days}</p>
${notes.map((note) => html`<p class="note">${note}</p>`)}</header>
${verdict(report, format)}
${body}<footer><p>${words.made(format.time(report.madeAt))}</p>
<p>${words.again(commandFor(report))}</p></footer>
</main>
</body>
</html>
`.text;
}

function verdict(report: PerformanceReport, format: ReportFormat): Markup {
  const concerns = concernsOf(report, format);
  const list = concerns.length === 0 ? null : html`<ul>${concerns.map((concern) => html`<li>${concern}</li>`)}</ul>`;
  return html`<div class="verdict ${report.verdict}"><strong>${format.words.verdict[report.verdict]}</strong>${list}</div>`;
}
