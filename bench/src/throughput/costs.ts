import type { Bench } from '../bench.js';
import type { Figure, Unit } from '../figures.js';
import { spread } from '../statistics.js';
import type { Round } from './contestant.js';

const microseconds = (seconds: number, count: number): number => (seconds * 1e6) / count;

/** What a notification costs: processor time of each kind of process, and bytes. `process`: what the sender's own process is called. */
export function costFigures(id: string, who: string, process: string, rounds: readonly Round[], count: number): Figure[] {
  const figure = (name: string, what: string, unit: Unit, of: (round: Round) => number): Figure => ({
    id: `${id}.${name}`,
    what: `${who}: ${what}`,
    unit,
    value: spread(rounds.map(of)),
    target: null,
  });
  return [
    figure('cpu.sender', `CPU of its ${process} a notification`, 'µs', (round) => microseconds(round.cpu.sender, count)),
    figure('cpu.postgres', 'CPU of Postgres a notification', 'µs', (round) => microseconds(round.cpu.postgres, count)),
    figure('cpu.simulator', 'CPU of the simulator a notification', 'µs', (round) => microseconds(round.cpu.simulator, count)),
    figure('wal', 'write-ahead log a notification', 'bytes', (round) => round.walBytes / count),
    figure('wire', 'request bodies a notification', 'bytes', (round) => round.wireBytes / count),
  ];
}

export function tellRound(bench: Bench, what: string, round: Round, count: number): void {
  const { sender, postgres, simulator } = round.cpu;
  const each = (seconds: number): string => microseconds(seconds, count).toFixed(1);
  bench.say(
    `${what}: ${Math.round(round.perSecond)}/s; CPU µs each: sender ${each(sender)}, Postgres ${each(postgres)}, simulator ${each(simulator)}`,
  );
}
