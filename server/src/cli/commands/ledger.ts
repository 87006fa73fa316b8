import { type Command, Option } from 'commander';
import type { Ledger, LedgerGrouping, LedgerRow } from '../../monitoring/ledger-types.js';
import type { Reconciliation } from '../../monitoring/reconciler.js';
import { pastInstant } from '../arguments.js';
import type { Cli } from '../cli.js';
import { addCommand, onCall } from '../define-command.js';
import { fields, show, table, tally } from '../layout.js';
import type { Messages } from '../messages/en.js';
import { withDatabase } from '../open-database.js';

interface Options {
  readonly by: LedgerGrouping;
  readonly since?: Date;
}

export function addLedger(program: Command, cli: Cli): void {
  const { commands, options, ledger: says } = cli.messages;
  const command = addCommand(program, 'ledger', { summary: commands.ledger, example: 'ledger --by hour --since 24h' }, cli)
    .addOption(new Option('--by <grouping>', says.by).choices(['total', 'hour', 'broadcast']).default('total'))
    .option('--since <when>', options.since, pastInstant);
  onCall<Options>(command, cli, async ({ by, since }) => {
    const { readLedger } = await import('../../monitoring/ledger.js');
    const { lastReconciliation } = await import('../../monitoring/reconciler.js');
    const [ledger, proof] = await withDatabase(cli, async (database) => [
      await readLedger(database, { by, ...(since === undefined ? {} : { since }) }),
      await lastReconciliation(database),
    ]);
    const unaccounted = ledger.rows.reduce((sum, row) => sum + row.unaccounted, 0);
    const isFine = unaccounted === 0 && (proof?.unaccounted ?? 0) === 0;
    return { data: { unaccounted, ...ledger, proof }, text: renderLedger(ledger, proof, cli.messages), exitCode: isFine ? 0 : 1 };
  });
}

/** `proof`: the last count of the rows themselves that came to its end. */
export function renderLedger(ledger: Ledger, proof: Reconciliation | null, messages: Messages): string {
  const { ledger: says } = messages;
  const unaccounted = ledger.rows.reduce((sum, row) => sum + row.unaccounted, 0);
  const heading = `${unaccounted === 0 ? says.zero : says.unaccounted(show(unaccounted))} (${proofLine(proof, messages)})${proofDetails(proof, messages)}`;
  if (ledger.by === 'total') return [heading, ...ledger.rows.map((row) => wholeRow(row, messages))].join('\n\n');
  return `${heading}\n\n${rowsTable(ledger, messages)}`;
}

function proofLine(proof: Reconciliation | null, { ledger: says }: Messages): string {
  if (proof === null) return says.neverProved;
  if (proof.unaccounted > 0) return says.disproved(show(proof.unaccounted), show(proof.at));
  return says.proved(show(proof.at));
}

function proofDetails(proof: Reconciliation | null, { ledger: says }: Messages): string {
  if (proof === null || proof.unaccounted > 0) return '';
  return `\n${says.provedHow(show(proof.notifications), show(proof.deliveries), show(proof.fromHour), show(proof.toHour))}`;
}

function wholeRow(row: LedgerRow, { ledger: says }: Messages): string {
  const notifications = fields(
    [
      [says.accepted, row.accepted],
      [says.outbox, row.outbox],
      [says.held, row.held],
      ...Object.entries(row.suppressed).map(([reason, n]) => [`${says.suppressed}: ${reason}`, n] as const),
      [says.planned, row.planned],
    ],
    '  ',
  );
  const deliveries = fields(
    [
      [says.inAll, row.deliveries],
      [says.queued, row.queued],
      [says.delayed, row.delayed],
      [says.parked, row.parked],
      [says.sending, row.sending],
      [says.awaitingReceipt, row.awaitingReceipt],
      ...Object.entries(row.ended).map(([state, n]) => [state, n] as const),
      [says.resentUnknown, row.resentUnknown],
    ],
    '  ',
  );
  return `${says.notifications}\n${notifications}\n\n${says.deliveries}\n${deliveries}`;
}

function rowsTable({ by, rows }: Ledger, { ledger: says, columns, none }: Messages): string {
  if (rows.length === 0) return none;
  // What is unaccounted for comes first, and what is nowhere is left out: a line is to fit a screen.
  const counts: readonly (readonly [string, (row: LedgerRow) => number])[] = [
    [says.accepted, (row) => row.accepted],
    [columns.unaccounted, (row) => row.unaccounted],
    [says.outbox, (row) => row.outbox],
    [says.held, (row) => row.held],
    [says.suppressed, (row) => Object.values(row.suppressed).reduce((sum, n) => sum + n, 0)],
    [columns.deliveries, (row) => row.deliveries],
    [says.queued, (row) => row.queued + row.delayed + row.parked],
    [says.sending, (row) => row.sending],
    [says.awaitingReceipt, (row) => row.awaitingReceipt],
  ];
  const always = new Set([says.accepted, columns.unaccounted, columns.deliveries]);
  const shown = counts.filter(([name, count]) => always.has(name) || rows.some((row) => count(row) !== 0));
  const headings = [by === 'hour' ? columns.hour : columns.broadcast, ...shown.map(([name]) => name), columns.ended];
  const lines = rows.map((row) => [by === 'hour' ? row.hour : row.broadcastId, ...shown.map(([, count]) => count(row)), tally(row.ended)]);
  return table(headings, lines);
}
