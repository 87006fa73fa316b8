import { Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from './control/input.js';
import { faultSpec } from './control/schemas.js';
import { FAULT_KINDS, type FaultSpec } from './faults/kinds.js';
import { LONGEST_TIMER_MS, type SimulatorOptions } from './options.js';
import { type Simulator, startSimulator } from './simulator.js';

interface Flags {
  readonly host: string;
  readonly port: number;
  readonly rate: number | 'off';
  readonly burst?: number;
  readonly receiptDelay: number;
  readonly latency: number;
  readonly ledger: 'off' | 'counts' | 'full';
  readonly ledgerFile?: string;
  readonly recent: number;
  readonly accessToken?: string;
  readonly project?: string;
  readonly name?: string;
  readonly seed: number;
  readonly clock: 'real' | 'frozen';
  readonly gzipAnswers: boolean;
  readonly fault: readonly FaultSpec[];
  readonly json: boolean;
}

const EXAMPLES = `
Examples:
  $ todoku-simulator --port 4100
      Expo's limits: 600 recipients a second and project; receipts at once.
  $ todoku-simulator --port 4100 --rate off --ledger off
      As fast as it can, for benchmarks.
  $ todoku-simulator --receipt-delay 15m --ledger-file accepted.jsonl --fault accept_then_reset=3
      Takes the first three requests and breaks their connections; every recipient is on disk before its answer.
  $ EXPO_BASE_URL=http://127.0.0.1:4100 node your-server.js
      Points the official expo-server-sdk here.
  $ curl -s http://127.0.0.1:4100/simulator/stats
      What it has seen. GET /simulator lists the control API.

Faults (--fault KIND[=TIMES] or the JSON of the control API):
${Object.entries(FAULT_KINDS)
  .map(([kind, { summary }]) => `  ${kind.padEnd(22)} ${summary}`)
  .join('\n')}
`;

/** Runs until SIGTERM or SIGINT. Exit codes: 0 stopped as asked, 1 failed, 2 wrong arguments. */
export async function runCli(args: readonly string[]): Promise<void> {
  const command = buildCommand();
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    return;
  }
  const flags = command.opts<Flags>();
  try {
    const simulator = await startSimulator(optionsFrom(flags));
    announce(simulator, flags);
    stopOnSignal(simulator);
  } catch (error) {
    process.stderr.write(`The simulator could not start: ${messageOf(error)}\n`);
    process.exitCode = 1;
  }
}

function buildCommand(): Command {
  return new Command('todoku-simulator')
    .description('A stand-in for the Expo Push Service on this machine, with scripted faults and a ledger of what it accepted.')
    .option('--host <address>', 'address to listen on (the control API answers this machine only)', '127.0.0.1')
    .option('--port <n>', 'port to listen on, 0 for any', wholeNumber(0, 65_535), 4100)
    .option('--rate <n|off>', 'recipients a second and project', numberOrOff, 600)
    .option('--burst <n>', 'most recipients at once (default: as many as --rate)', wholeNumber(1, 1e9))
    .option('--receipt-delay <time>', 'when receipts are ready: 0, 500ms, 30s, 15m, 1h', duration, 0)
    .option('--latency <time>', 'how long every answer waits', duration, 0)
    .addOption(new Option('--ledger <mode>', 'what is kept in memory').choices(['off', 'counts', 'full']).default('counts'))
    .option('--ledger-file <path>', 'append a JSON line for each recipient, on disk before the answer')
    .option('--recent <n>', 'recipients kept with --ledger counts', wholeNumber(0, 1e6), 500)
    .option('--access-token <text>', 'bearer token that requests must show')
    .option('--project <name>', 'project of tokens that have none, e.g. @owner/app')
    .option('--name <text>', 'with a name, receipts work for tickets of earlier runs under it')
    .option('--seed <n>', 'seed of everything random', wholeNumber(0, 0xffff_ffff), 1)
    .addOption(new Option('--clock <kind>', 'frozen: time moves by the control API only').choices(['real', 'frozen']).default('real'))
    .option('--gzip-answers', 'compress answers for clients that accept it', false)
    .option('--fault <kind[=times]|json>', 'script a fault; may be repeated', addFault, [])
    .option('--json', 'print the ready line as JSON', false)
    .addHelpText('after', EXAMPLES)
    .exitOverride();
}

function optionsFrom(flags: Flags): SimulatorOptions {
  const { rate, receiptDelay, latency, fault, json: _, ...rest } = flags;
  return {
    ...rest,
    rate: rate === 'off' ? null : rate,
    receiptDelayMs: receiptDelay,
    latencyMs: latency,
    faults: fault,
    onLedgerBroken: (error) => {
      process.stderr.write(`The ledger file cannot be written: ${error.message}\n`);
      process.exit(1);
    },
  };
}

function announce(simulator: Simulator, flags: Flags): void {
  const { url, port } = simulator;
  const ready = { event: 'ready', url, port, pid: process.pid, control: `${url}/simulator`, ledgerFile: flags.ledgerFile ?? null };
  process.stdout.write(flags.json ? `${JSON.stringify(ready)}\n` : `Expo push simulator ready on ${url} (control: ${url}/simulator)\n`);
}

function stopOnSignal(simulator: Simulator): void {
  const stop = (): void => {
    simulator.close().catch((error: unknown) => {
      process.stderr.write(`The simulator did not stop cleanly: ${messageOf(error)}\n`);
      process.exitCode = 1;
    });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

/** Commander has printed its message by now; help is no mistake, all else that it throws is a wrong argument. */
function exitCodeOf(error: unknown): number {
  if (!(error instanceof Error) || !('exitCode' in error)) throw error;
  return error.exitCode === 0 ? 0 : 2;
}

function wholeNumber(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (value.trim() === '' || !Number.isInteger(number) || number < least || number > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return number;
  };
}

/** Commander takes a null for "no value given", so `off` stays a word until the options are made. */
function numberOrOff(value: string): number | 'off' {
  return value === 'off' ? value : wholeNumber(1, 1e9)(value);
}

const UNIT_MS: Readonly<Record<string, number>> = { '': 1, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function duration(value: string): number {
  const [, amount, unit] = /^(\d{1,9})(ms|s|m|h|)$/.exec(value) ?? [];
  const factor = UNIT_MS[unit ?? '?'];
  const ms = Number(amount) * (factor ?? Number.NaN);
  if (!(ms <= LONGEST_TIMER_MS)) throw new InvalidArgumentError('It must be a time such as 0, 500ms, 30s, 15m or 1h.');
  return ms;
}

function addFault(value: string, before: readonly FaultSpec[]): FaultSpec[] {
  try {
    if (value.startsWith('{')) return [...before, faultSpec(JSON.parse(value), '')];
    const [kind, times] = value.split('=');
    return [...before, faultSpec(times === undefined ? { kind } : { kind, times: Number(times) }, '')];
  } catch (error) {
    if (error instanceof InputError || error instanceof SyntaxError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
