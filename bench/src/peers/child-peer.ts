import { type Bench, timeLimitMs } from '../bench.js';
import type { Child, ChildOptions } from '../processes/child.js';
import type { Contestant, Store } from '../throughput/contestant.js';
import type { Line, Peer, Way } from './peer.js';

/** A peer that is one process with the commands `fill` (how many) and `drain` (`Drain`; answers how many it completed). */
interface ChildPeer extends Pick<Peer, 'name' | 'lines' | 'comparable'> {
  readonly process: ChildOptions;
  readonly storeName?: string;
  readonly store?: Store;
  /** Forgets all work. The process has been started. */
  clear(child: Child): Promise<void>;
  /** After filling: what the database would do soon, now. */
  settle(): Promise<void>;
  /** Throws when the store does not say that all `count` are done. */
  verify(count: number, child: Child): Promise<void>;
  close(): Promise<void>;
}

export interface Drain {
  readonly way: Way;
  readonly count: number;
}

export function childPeer(bench: Bench, parts: ChildPeer): Peer {
  let child: Child | null = null;
  const running = (): Child => {
    if (child === null) throw new Error(`${parts.name} was not started`);
    return child;
  };
  const driven = ({ title, share = 1 }: Line, way: Way): Contestant => {
    let completed = 0;
    return {
      name: title,
      share,
      async renew() {
        await child?.stop();
        child = await bench.processes.start(parts.process);
      },
      async prepare(count) {
        await parts.clear(running());
        await running().ask('fill', count, timeLimitMs);
        await parts.settle();
      },
      async run(count) {
        completed = await running().ask<number>('drain', { way, count } satisfies Drain, timeLimitMs);
      },
      async check(count) {
        if (completed !== count) throw new Error(`${parts.name} completed ${completed} of ${count}`);
        await parts.verify(count, running());
      },
      cpu: () => running().cpu(),
      ...(parts.store === undefined ? {} : { store: parts.store }),
    };
  };
  return {
    name: parts.name,
    lines: parts.lines,
    comparable: parts.comparable,
    store: parts.storeName ?? 'Postgres',
    driven,
    async stop() {
      await child?.stop();
      child = null;
      await parts.close();
    },
  };
}
