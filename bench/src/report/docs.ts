import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Figure, isMet } from '../figures.js';
import { suiteNames } from '../options.js';
import { formatMedian, formatRange, formatTarget } from './format.js';
import type { Machine } from './machine.js';
import type { Result, SuiteRecord } from './result.js';

/** This file is in bench/src/report or bench/dist/report. */
const page = fileURLToPath(new URL('../../../docs/performance.md', import.meta.url));
const begin = '<!-- begin: made by npm run bench -- --write-docs -->';
const end = '<!-- end -->';

/** Puts the table between its markers on the page. */
export function writeDocs(result: Result): void {
  writeFileSync(page, withTable(readFileSync(page, 'utf8'), renderResult(result)));
}

/** Throws when the page has no place for it. */
export function withTable(text: string, table: string): string {
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error('docs/performance.md has lost the markers of its table');
  return `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`;
}

export function renderResult({ machine, suites }: Result): string {
  const measured = suiteNames.flatMap((name) => {
    const record = suites[name];
    return record === undefined ? [] : [{ name, record }];
  });
  return [
    renderMachine(machine),
    '| what | median | lowest … highest | target | |\n| --- | ---: | ---: | ---: | --- |\n' +
      measured.flatMap(({ record }) => record.figures.map(row)).join('\n'),
    measured
      .flatMap(({ name, record }) => [
        `- ${name}: ${circumstances(record, Object.values(suites))}`,
        ...(record.notes ?? []).map((note) => `- **${name}**: ${note}`),
      ])
      .join('\n'),
  ].join('\n\n');
}

function row(figure: Figure): string {
  const met = { true: 'met', false: '**missed**', null: '' }[String(isMet(figure)) as 'true' | 'false' | 'null'];
  return `| ${figure.what} | ${formatMedian(figure)} | ${formatRange(figure)} | ${formatTarget(figure.target, figure.unit)} | ${met} |`;
}

function renderMachine(machine: Machine): string {
  const settings = Object.entries(machine.postgresSettings).map(([name, value]) => `\`${name}=${value}\``);
  return [
    `Machine: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB; ${machine.system}; Node ${machine.node}; Postgres ${machine.postgres}.`,
    `Postgres settings that differ from its defaults: ${settings.join(', ')}.`,
  ].join('\n');
}

function circumstances(record: SuiteRecord, all: readonly SuiteRecord[]): string {
  const { startedAt, seconds, yardstick, rounds, warmUp, count, recipients } = record;
  const speed = yardstick === undefined ? '' : `, yardstick ${yardstick.before} → ${yardstick.after} ms`;
  return `${startedAt.slice(0, 16).replace('T', ' ')} UTC, ${Math.round(seconds)} s, rounds ${rounds}, count ${count}, warm-up ${warmUp}, recipients ${recipients}, ${loadBefore(record, all)}${speed}`;
}

/** The load average forgets slowly: what the run before left is not others' work. Suites of one run have the same figure, taken before its first. */
function loadBefore({ startedAt, loadBefore: load }: SuiteRecord, all: readonly SuiteRecord[]): string {
  if (load < 0.5) return `load average before ${load}`;
  const isJustBefore = (other: SuiteRecord): boolean => {
    const between = (Date.parse(startedAt) - Date.parse(other.startedAt)) / 1000 - other.seconds;
    return between >= 0 && between < 60 && other.loadBefore !== load;
  };
  return `load average before ${load} (${all.some(isJustBefore) ? 'of the suite just before' : 'the machine was not quiet'})`;
}
