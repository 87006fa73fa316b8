import type { FaultKind } from '../faults/kinds.js';
import type { TicketKind } from '../tokens/behaviours.js';

/** Counters since the start or the last reset. Always kept; bounded whatever is sent. */
export interface SimulatorStats {
  /** Send requests, refused ones included. */
  readonly requests: number;
  /** Recipients of well-formed send requests, refused ones included. */
  readonly offered: number;
  /** Recipients taken, i.e. with an ok ticket, whether or not the answer reached the client. */
  readonly accepted: number;
  /** Tickets made, by what they say. */
  readonly tickets: Readonly<Partial<Record<TicketKind, number>>>;
  /** Refused send requests by HTTP status (faults not counted). */
  readonly refusals: Readonly<Record<string, number>>;
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  readonly receiptRequests: number;
  readonly receiptsAsked: number;
  readonly receiptsGiven: number;
  readonly gzipRequests: number;
  readonly bytesReceived: number;
  /** Most send requests under way at once, and most open connections. */
  readonly maxConcurrency: number;
  readonly maxConnections: number;
  /** Most recipients in any second: taken, and offered (429 answers included). */
  readonly maxAcceptedPerSecond: number;
  readonly maxOfferedPerSecond: number;
  /** The same by project, taken only. */
  readonly maxAcceptedPerSecondByProject: Readonly<Record<string, number>>;
}
