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
    perSecond: count / seconds,
    seconds,
    cpu: {
      sender: after.sender - before.sender,
      postgres: after.postgres - before.postgres,
      simulator: after.simulator - before.simulator,
      bench: after.bench - before.bench,
    },
    wireBytes: stats.bytesReceived,
    walBytes: after.wal - before.wal,
    details,
  };
}

async function meters({ postgres, simulator }: Bench, contestant: Contestant) {
  const own = process.cpuUsage();
  return {
    wal: await postgres.walBytes(),
    sender: contestant.process.cpu(),
    postgres: postgres.cpu(),
    simulator: simulator.cpu(),
    bench: (own.user + own.system) / 1e6,
  };
}
