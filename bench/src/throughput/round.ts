import type { Bench } from '../bench.js';
import type { Contestant, Round } from './contestant.js';

/** One contestant's turn: prepared, timed, checked against the simulator's own count. */
export async function playRound(bench: Bench, contestant: Contestant, count: number): Promise<Round> {
  const { simulator } = bench;
  await contestant.prepare(count);
  await simulator.reset();
  const before = await meters(bench, contestant);
  const start = performance.now();
  await contestant.run(count);
  const seconds = (performance.now() - start) / 1000;
  const after = await meters(bench, contestant);
  const details = (await contestant.details?.(count)) ?? {};
  await contestant.check(count);
  const stats = await simulator.stats();
  if (stats.accepted !== count) throw new Error(`the simulator took ${stats.accepted} of ${count} from ${contestant.name}`);
  return {
    count,
    perSecond: count / seconds,
    seconds,
    cpu: {
      sender: after.sender - before.sender,
      database: after.database - before.database,
      simulator: after.simulator - before.simulator,
      bench: after.bench - before.bench,
    },
    wireBytes: stats.bytesReceived,
    walBytes: after.written - before.written,
    details,
  };
}

async function meters({ postgres, simulator }: Bench, contestant: Contestant) {
  const own = process.cpuUsage();
  const { store } = contestant;
  return {
    written: store === undefined ? await postgres.walBytes() : store.writtenBytes(),
    sender: contestant.cpu(),
    database: store === undefined ? postgres.cpu() : store.cpu(),
    simulator: simulator.cpu(),
    bench: (own.user + own.system) / 1e6,
  };
}
