import type { AddressInfo } from 'node:net';
import { SimulatorControl } from './control/control.js';
import { LedgerFile } from './ledger/ledger-file.js';
import { resolveOptions, type SimulatorOptions } from './options.js';
import { createHttpServer } from './server/http-server.js';
import { ServiceState } from './service.js';

export type { SimulatorControl } from './control/control.js';
export { connectSimulator, type RemoteSimulator } from './control/remote.js';
export type { FaultKind, FaultMatch, FaultSpec } from './faults/kinds.js';
export type { FaultStatus } from './faults/plan.js';
export type { Batch, LedgerEntry } from './ledger/entry.js';
export { readLedgerFile } from './ledger/ledger-file.js';
export type { LedgerVerdict } from './ledger/questions.js';
export type { SimulatorStats } from './meters/stats.js';
export type { LedgerMode, SimulatorOptions, SimulatorSettings } from './options.js';
export type { ReceiptKind, TicketKind, TokenBehaviour } from './tokens/behaviours.js';
export type { Platform, TokenChange, TokenProfile } from './tokens/registry.js';

/** A running stand-in for the Expo Push Service. */
export interface Simulator {
  /** What `EXPO_BASE_URL` takes, e.g. `http://127.0.0.1:4100`. */
  readonly url: string;
  readonly port: number;
  readonly control: SimulatorControl;
  /** Ends all connections, hanging ones too, and closes the ledger file. */
  close(): Promise<void>;
}

/** Starts a simulator. Rejects when the port is taken or the ledger file cannot be opened. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const resolved = resolveOptions(options);
  const file = resolved.ledgerFile === null ? null : await LedgerFile.open(resolved.ledgerFile, resolved.onLedgerBroken);
  const state = new ServiceState(resolved, file);
  const server = createHttpServer(state, { wire: resolved.maxWireBytes, plain: resolved.maxPlainBytes });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(resolved.port, resolved.host, () => resolve());
    });
  } catch (error) {
    await file?.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  const host = resolved.host.includes(':') ? `[${resolved.host}]` : resolved.host;
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    const ended = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await ended;
    await file?.close();
  };
  return {
    url: `http://${host}:${port}`,
    port,
    control: new SimulatorControl(state),
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}
