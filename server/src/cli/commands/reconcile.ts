import type { Command } from 'commander';
import { printable } from '../../logging/printable.js';
import type { Reconciliation } from '../../monitoring/reconciler.js';
import { pastInstant, wholeNumber } from '../arguments.js';
import type { Cli } from '../cli.js';
import { addCommand, onCall } from '../define-command.js';
import { show } from '../layout.js';
import type { Messages } from '../messages/en.js';
import { withDatabase } from '../open-database.js';

interface Options {
  readonly since?: Date;
  readonly until?: Date;
  readonly timeLimit: number;
}

export function addReconcile(program: Command, cli: Cli): void {
  const { commands, options, reconcile: says } = cli.messages;
  const command = addCommand(program, 'reconcile', { summary: commands.reconcile, example: 'reconcile --since 24h' }, cli)
    .option('--since <when>', options.since, pastInstant)
    .option('--until <when>', says.until, pastInstant)
    .option('--time-limit <seconds>', says.timeLimit, wholeNumber(1, 3_600), 120);
  onCall<Options>(command, cli, async ({ since, until, timeLimit }) => {
    const { reconcile } = await import('../../monitoring/reconciler.js');
    const hours = { ...(since === undefined ? {} : { from: since }), ...(until === undefined ? {} : { to: until }) };
    const proof = await withDatabase(cli, (database) => reconcile(database, { ...hours, timeLimitMs: timeLimit * 1000 }));
    const isFine = proof.complete && proof.unaccounted === 0;
    return { data: proof, text: renderProof(proof, cli.messages), exitCode: isFine ? 0 : 1 };
  });
}

const namedIds = 5;

export function renderProof(proof: Reconciliation, { reconcile: says }: Messages): string {
  if (!proof.complete) return says.incomplete;
  const heading =
    proof.unaccounted === 0 ? says.fine(show(proof.notifications), show(proof.deliveries)) : says.found(show(proof.unaccounted));
  const findings = proof.findings
    .filter(({ kind }) => kind !== 'untaken')
    .map(({ kind, n, ids, hour, said, found }) => {
      const counts = said === undefined ? '' : ` ${hour ?? ''}: ${said} <> ${show(found)}`;
      const named = ids.length === 0 ? '' : `: ${ids.slice(0, namedIds).join(', ')}${ids.length > namedIds ? ' …' : ''}`;
      return printable(`  ${kind} ${show(n)}${counts}${named}`);
    });
  return [heading, ...findings, ...(proof.untaken > 0 ? [says.untaken(show(proof.untaken))] : [])].join('\n');
}
