import type { Bench } from '../bench.js';
import type { Figure, Unit } from '../figures.js';
import { spread } from '../statistics.js';
import type { Round } from './contestant.js';

const microseconds = (seconds: number, { count }: Round): number => (seconds * 1e6) / count;

/**
 * What a notification costs: processor time of each kind of process, and bytes. Microseconds a notification are seconds a million, and bytes
 * are MB a million. `process`: what the sender's own process is called; `store`: where it keeps its work.
 */
export function costFigures(id: string, who: string, process: string, rounds: readonly Round[], store = 'Postgres'): Figure[] {
  const figure = (name: string, what: string, unit: Unit, of: (round: Round) => number): Figure => ({
    id: `${id}.${name}`,
    what: `${who}: ${what}`,
    unit,
    value: spread(rounds.map(of)),
    target: null,
  });
  const written = store === 'Postgres' ? 'write-ahead log a notification' : `written to disk by ${store} a notification`;
  return [
    figure('cpu.sender', `CPU of its ${process} a notification`, 'µs', (round) => microseconds(round.cpu.sender, round)),
    figure('cpu.database', `CPU of ${store} a notification`, 'µs', (round) => microseconds(round.cpu.database, round)),
    figure('cpu.simulator', 'CPU of the simulator a notification', 'µs', (round) => microseconds(round.cpu.simulator, round)),
    figure('wal', written, 'bytes', (round) => round.walBytes / round.count),
    figure('wire', 'request bodies a notification', 'bytes', (round) => round.wireBytes / round.count),
  ];
}

export function tellRound(bench: Bench, what: string, round: Round): void {
  const { sender, database, simulator } = round.cpu;
  const each = (seconds: number): string => microseconds(seconds, round).toFixed(1);
  bench.say(
    `${what}: ${Math.round(round.perSecond)}/s; CPU µs each: sender ${each(sender)}, database ${each(database)}, simulator ${each(simulator)}`,
  );
}
