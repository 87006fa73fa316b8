import type { Bench } from '../bench.js';
import { childPeer } from './child-peer.js';
import type { Line, Peer } from './peer.js';

/** The SDK's own default of requests at once, and two times more. */
const line: Line = {
  id: 'sdk',
  documented: true,
  title: 'expo-server-sdk alone, from memory, nothing kept',
  ways: [{ requests: 6 }, { requests: 12 }, { requests: 24 }],
};

const nothing = async (): Promise<void> => undefined;

/** `run-sdk.ts`. */
export async function startSdk(bench: Bench): Promise<Peer> {
  return childPeer(bench, {
    name: 'sdk',
    lines: [line],
    comparable: false,
    process: { module: 'run-sdk', env: { EXPO_BASE_URL: bench.simulator.url } },
    clear: nothing,
    settle: nothing,
    verify: nothing,
    close: nothing,
  });
}
