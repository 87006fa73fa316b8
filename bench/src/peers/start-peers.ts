import type { Bench } from '../bench.js';
import { startBullmq } from './bullmq.js';
import { startGraphileWorker } from './graphile-worker.js';
import { type Peer, PeerMissing, type PeerName } from './peer.js';
import { startPgBoss } from './pg-boss.js';
import { startSdk } from './sdk.js';
import { startWebhook } from './webhook.js';

const starters: Readonly<Record<PeerName, (bench: Bench) => Promise<Peer>>> = {
  'pg-boss': startPgBoss,
  'graphile-worker': startGraphileWorker,
  bullmq: startBullmq,
  webhook: startWebhook,
  sdk: startSdk,
};

export interface Peers {
  readonly started: readonly Peer[];
  /** Those that this machine lacks something for, each with what to do: never left out without a word. */
  readonly missing: readonly string[];
  stop(): Promise<void>;
}

/** Throws when a peer is missing that was asked for by name. */
export async function startPeers(bench: Bench): Promise<Peers> {
  const { peers, peersAskedFor } = bench.options;
  const started: Peer[] = [];
  const missing: string[] = [];
  const stop = async (): Promise<void> => {
    for (const peer of started) await peer.stop();
  };
  try {
    for (const name of peers) {
      try {
        started.push(await starters[name](bench));
      } catch (error) {
        if (!(error instanceof PeerMissing) || peersAskedFor) throw error;
        missing.push(error.message);
        bench.say(`throughput: ${error.message}`);
      }
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { started, missing, stop };
}
