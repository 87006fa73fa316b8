import type { Command } from 'commander';
import type { Config } from '../../config/config.js';
import type { Environment } from '../../config/load-config.js';
import type { Database } from '../../database/database.js';
import { TodokuError } from '../../errors/todoku-error.js';
import type { DoctorFinding, DoctorReport } from '../../operations/doctor/run-doctor.js';
import type { Cli } from '../cli.js';
import { addCommand, onCall } from '../define-command.js';
import { findDatabaseUrl } from '../open-database.js';
import { withProviders } from '../open-health.js';
import { stderrLogger } from '../stderr-logger.js';

const connectTimeoutMs = 5_000;
const statementTimeoutMs = 20_000;
const order = ['fail', 'warn', 'unknown', 'ok'] as const;

export function addDoctor(program: Command, cli: Cli): void {
  const text = { summary: cli.messages.doctor.summary, example: 'doctor' };
  onCall(addCommand(program, 'doctor', text, cli), cli, async () => {
    const report = await examine(cli);
    return { data: report, text: renderReport(report, cli), exitCode: report.verdict === 'fail' ? 1 : 0 };
  });
}

/** Also without a database, and with a configuration that is wrong. */
async function examine(cli: Cli): Promise<DoctorReport> {
  const { runDoctor } = await import('../../operations/doctor/run-doctor.js');
  const { migrationsDirectory, readMigrations, readSchema } = await import('../../database/migration-files.js');
  const { systemClock } = await import('../../clock/clock.js');
  const { providerTime } = await import('../../providers/provider-time.js');
  const { config, problem } = await configuration(cli.terminal.env);
  const parts = {
    ...{ config, configProblem: problem, clock: systemClock, migrations: readMigrations(migrationsDirectory), schema: readSchema() },
    providerTime: () => providerTime(config.expo.baseUrl),
  };
  const opened = await open(config, cli);
  try {
    return await withProviders(cli, config, (providers) => runDoctor({ ...parts, providers }, opened.database, opened.problem));
  } finally {
    await opened.database?.close();
  }
}

/** As the owner, who sees most; what is done is held to reading. */
async function open(config: Config, cli: Cli): Promise<{ readonly database: Database | null; readonly problem: string | null }> {
  const { connectDatabase } = await import('../../database/connect-database.js');
  try {
    const database = connectDatabase({
      ...{ url: await findDatabaseUrl(config, cli), maxConnections: 1, connectTimeoutMs, statementTimeoutMs },
      applicationName: `todoku doctor ${cli.terminal.login}`,
      settings: { default_transaction_read_only: 'on' },
      log: { ...stderrLogger(cli.terminal), warn: () => undefined },
    });
    return { database, problem: null };
  } catch (error) {
    return { database: null, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Where something is wrong: what the environment says without it. */
async function configuration(env: Environment): Promise<{ readonly config: Config; readonly problem: string | null }> {
  const { loadConfig } = await import('../../config/load-config.js');
  let left = env;
  let problem: string | null = null;
  for (let tries = 0; tries < 5; tries++) {
    try {
      return { config: loadConfig(left), problem };
    } catch (error) {
      if (!(error instanceof TodokuError) || error.code !== 'CONFIGURATION_INVALID') throw error;
      problem ??= error.message;
      const wrong = new Set([...error.message.matchAll(/^- (\w+) /gm)].map(([, name]) => name));
      left = Object.fromEntries(Object.entries(left).filter(([name]) => !wrong.has(name)));
    }
  }
  return { config: loadConfig({}), problem };
}

/** The worst first, each with what to do. */
function renderReport({ findings }: DoctorReport, { language, messages }: Cli): string {
  const { doctor: says } = messages;
  const inWords = (text: DoctorFinding['found']): string =>
    text.en === text.ja ? (messages.translate(text.en) ?? text.en) : text[language];
  const line = ({ verdict, title, found, remedy }: DoctorFinding): string => {
    const what = `${says.marks[verdict]} ${title[language]}: ${inWords(found).replaceAll('\n', '\n    ')}`;
    return remedy === null ? what : `${what}\n    → ${inWords(remedy)}`;
  };
  const lines = order.flatMap((verdict) => findings.filter((finding) => finding.verdict === verdict).map(line));
  const n = (verdict: DoctorFinding['verdict']): number => findings.filter((finding) => finding.verdict === verdict).length;
  return `${lines.join('\n')}\n\n${says.total(n('fail'), n('warn'), n('unknown'), n('ok'))}`;
}
