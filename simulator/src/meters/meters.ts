import type { FaultKind } from '../faults/kinds.js';
import type { TicketKind } from '../tokens/behaviours.js';
import { RateWindow } from './rate-window.js';
import type { SimulatorStats } from './stats.js';

/** Counts what happens; see SimulatorStats for what each number means. */
export class Meters {
  #requests = 0;
  #offered = 0;
  #accepted = 0;
  #tickets: Partial<Record<TicketKind, number>> = {};
  #refusals: Record<string, number> = {};
  #faults: Partial<Record<FaultKind, number>> = {};
  #receiptRequests = 0;
  #receiptsAsked = 0;
  #receiptsGiven = 0;
  #gzipRequests = 0;
  #bytesReceived = 0;
  #underWay = 0;
  #maxConcurrency = 0;
  #connections = 0;
  #maxConnections = 0;
  #acceptedWindow = new RateWindow();
  #offeredWindow = new RateWindow();
  #projectWindows = new Map<string, RateWindow>();

  get accepted(): number {
    return this.#accepted;
  }

  connectionOpened(): void {
    this.#connections += 1;
    this.#maxConnections = Math.max(this.#maxConnections, this.#connections);
  }

  connectionClosed(): void {
    this.#connections -= 1;
  }

  sendBegan(): void {
    this.#underWay += 1;
    this.#maxConcurrency = Math.max(this.#maxConcurrency, this.#underWay);
  }

  sendEnded(): void {
    this.#underWay -= 1;
  }

  requestArrived(): void {
    this.#requests += 1;
  }

  bodyArrived(bytes: number, gzip: boolean): void {
    this.#bytesReceived += bytes;
    if (gzip) this.#gzipRequests += 1;
  }

  recipientsOffered(count: number, monoMs: number): void {
    this.#offered += count;
    this.#offeredWindow.add(monoMs, count);
  }

  recipientsAccepted(count: number, project: string, monoMs: number): void {
    this.#accepted += count;
    this.#acceptedWindow.add(monoMs, count);
    let window = this.#projectWindows.get(project);
    if (window === undefined) {
      window = new RateWindow();
      this.#projectWindows.set(project, window);
    }
    window.add(monoMs, count);
  }

  ticketsMade(kind: TicketKind, count: number): void {
    this.#tickets[kind] = (this.#tickets[kind] ?? 0) + count;
  }

  refused(status: number): void {
    this.#refusals[status] = (this.#refusals[status] ?? 0) + 1;
  }

  faultApplied(kind: FaultKind): void {
    this.#faults[kind] = (this.#faults[kind] ?? 0) + 1;
  }

  receiptsAnswered(asked: number, given: number): void {
    this.#receiptRequests += 1;
    this.#receiptsAsked += asked;
    this.#receiptsGiven += given;
  }

  /** Starts again from nothing; what is open or under way stays counted. */
  reset(): void {
    this.#requests = this.#offered = this.#accepted = 0;
    this.#tickets = {};
    this.#refusals = {};
    this.#faults = {};
    this.#receiptRequests = this.#receiptsAsked = this.#receiptsGiven = 0;
    this.#gzipRequests = this.#bytesReceived = 0;
    this.#maxConcurrency = this.#underWay;
    this.#maxConnections = this.#connections;
    this.#acceptedWindow = new RateWindow();
    this.#offeredWindow = new RateWindow();
    this.#projectWindows = new Map();
  }

  snapshot(): SimulatorStats {
    return {
      requests: this.#requests,
      offered: this.#offered,
      accepted: this.#accepted,
      tickets: { ...this.#tickets },
      refusals: { ...this.#refusals },
      faults: { ...this.#faults },
      receiptRequests: this.#receiptRequests,
      receiptsAsked: this.#receiptsAsked,
      receiptsGiven: this.#receiptsGiven,
      gzipRequests: this.#gzipRequests,
      bytesReceived: this.#bytesReceived,
      maxConcurrency: this.#maxConcurrency,
      maxConnections: this.#maxConnections,
      maxAcceptedPerSecond: this.#acceptedWindow.largest,
      maxOfferedPerSecond: this.#offeredWindow.largest,
      maxAcceptedPerSecondByProject: Object.fromEntries([...this.#projectWindows].map(([name, window]) => [name, window.largest])),
    };
  }
}
