import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RouteName } from '../../monitoring/alerts/route-directory.js';
import type { ReportDesk, ScheduledReport } from '../../monitoring/reports/report-desk.js';
import type { ReportPeriod } from '../../monitoring/reports/report-period.js';
import type { PerformanceReport } from '../../monitoring/reports/report-types.js';
import { plainText, wholeNumber } from '../arguments.js';
import type { Answer, Cli } from '../cli.js';
import { addCommand, addGroup, needsReason, onCall } from '../define-command.js';
import { table } from '../layout.js';
import { withDatabase } from '../open-database.js';

const periods = ['daily', 'weekly', 'monthly'] as const satisfies readonly ReportPeriod[];
const routes = ['log', 'webhook', 'slack', 'email'] as const satisfies readonly RouteName[];

interface Question {
  readonly until?: string;
  readonly ending?: string;
  readonly zone?: string;
}

interface ShowOptions extends Question {
  readonly html?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

export function addReport(program: Command, cli: Cli): void {
  const report = addGroup(program, 'report', cli.messages.reports.report);
  for (const period of periods) addShow(report, period, cli);
  addSend(report, cli);
  addSentList(report, cli);
}

function addShow(report: Command, period: ReportPeriod, cli: Cli): void {
  const { reports: says } = cli.messages;
  const text = { summary: says[period], example: `report ${period} --out report.html` };
  const command = asks(addCommand(report, period, text, cli), cli)
    .option('--html', says.html)
    .option('--out <file>', says.out, plainText);
  onCall<ShowOptions>(command, cli, async (options) => {
    const made = await withDesk(cli, (desk) => desk.generate(period, questionOf(options)));
    const as = formatOf(options);
    const content = await render(made, as, cli);
    if (options.out === undefined) return { data: made, text: content };
    await write(options.out, content);
    return { data: made, text: says.written(options.out) };
  });
}

const asks = (command: Command, { messages: { reports: says } }: Cli): Command =>
  command
    .option('--until <day>', says.until, dayText)
    .addOption(new Option('--ending <day>', says.until).argParser(dayText).hideHelp())
    .option('--zone <zone>', says.zone, plainText);

function questionOf({ until, ending, zone }: Question): { until?: string; zone?: string } {
  const day = until ?? ending;
  return { ...(day === undefined ? {} : { until: day }), ...(zone === undefined ? {} : { zone }) };
}

/** --json and --html win, then the name of the file, then the terminal's text. */
function formatOf({ html, json, out }: ShowOptions): 'html' | 'json' | 'text' {
  if (json === true) return 'json';
  if (html === true) return 'html';
  if (out === undefined || out.endsWith('.txt')) return 'text';
  return out.endsWith('.json') ? 'json' : 'html';
}

async function render(report: PerformanceReport, as: 'html' | 'json' | 'text', { language }: Cli): Promise<string> {
  if (as === 'json') return `${JSON.stringify(report, null, 2)}\n`;
  const { reportWords } = await import('../../monitoring/reports/words/report-words.js');
  if (as === 'html') {
    const { reportPage } = await import('../../monitoring/reports/render/report-page.js');
    return reportPage(report, reportWords(language));
  }
  const { reportText } = await import('../../monitoring/reports/render/report-text.js');
  return reportText(report, reportWords(language));
}

async function write(file: string, content: string): Promise<void> {
  const { writeFile } = await import('node:fs/promises');
  const { TodokuError } = await import('../../errors/todoku-error.js');
  await writeFile(file, content).catch((error: NodeJS.ErrnoException) => {
    throw new TodokuError('INVALID_INPUT', {
      path: '--out',
      message: `${file} can't be written (${error.code ?? 'failed'}).`,
      cause: error,
    });
  });
}

function addSend(report: Command, cli: Cli): void {
  const { reports: says } = cli.messages;
  const text = { summary: says.send, example: `report send weekly --route email --reason 'for the board'` };
  const command = needsReason(asks(addCommand(report, 'send', text, cli), cli), cli).argument('<period>', periods.join(', '), periodText);
  command.addOption(new Option('--route <route...>', says.route).choices(routes));
  onCall<Question & { readonly route?: RouteName[]; readonly reason: string }>(command, cli, async (options, [period]) => {
    const wish = { ...questionOf(options), ...(options.route === undefined ? {} : { routes: options.route }) };
    const by = { actor: cli.actor, reason: options.reason };
    const sent = await withDesk(cli, (desk) => desk.send(periodText(period ?? ''), wish, by));
    const lines = sent.map(({ route, ok, answer, error }) => (ok ? says.sent(route, answer ?? '') : says.notSent(route, error ?? '')));
    return { data: { sent }, text: lines.join('\n'), exitCode: sent.every(({ ok }) => ok) ? 0 : 1 };
  });
}

function addSentList(report: Command, cli: Cli): void {
  const { none, options, reports: says } = cli.messages;
  const command = addCommand(report, 'list', { summary: says.list, example: 'report list' }, cli).option(
    '--limit <n>',
    options.limit,
    wholeNumber(1, 1_000),
    50,
  );
  onCall<{ readonly limit: number }>(command, cli, async ({ limit }): Promise<Answer> => {
    const reports = await withDesk(cli, (desk) => desk.scheduled(limit));
    return { data: { reports }, text: reports.length === 0 ? none : renderList(reports, cli) };
  });
}

function renderList(reports: readonly ScheduledReport[], { messages: { reports: says } }: Cli): string {
  const { columns, states } = says;
  const routesOf = (report: ScheduledReport): string =>
    report.routes.map(({ route, state, error }) => `${route} ${states[state] ?? state}${error === null ? '' : ` (${error})`}`).join(', ');
  const rows = reports.map((report) => [report.period, report.lastDay, report.madeAt, report.madeBy, routesOf(report)]);
  return table([columns.period, columns.lastDay, columns.at, columns.by, columns.routes], rows);
}

async function withDesk<T>(cli: Cli, work: (desk: ReportDesk) => Promise<T>): Promise<T> {
  const { ReportDesk: Desk } = await import('../../monitoring/reports/report-desk.js');
  return await withDatabase(cli, (database, config) => work(new Desk(database, config.reports)));
}

function dayText(text: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) throw new InvalidArgumentError('It has to be a day such as 2026-11-28.');
  return text;
}

function periodText(text: string): ReportPeriod {
  const period = periods.find((one) => one === text);
  if (period === undefined) throw new InvalidArgumentError(`It has to be one of ${periods.join(', ')}.`);
  return period;
}
