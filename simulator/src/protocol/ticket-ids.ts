import { createHash, randomBytes } from 'node:crypto';
import { RECEIPT_KINDS, type ReceiptKind } from '../tokens/behaviours.js';

/**
 * Ticket ids are UUIDs of version 7 that carry their own receipt, so that memory does not grow with what was sent:
 *
 *   tttttttt-tttt-7ggg-8rrr-kkssssssssss
 *   t  accepted at, Unix ms (virtual clock)     g  name of the simulator, hashed
 *   r  this run                                 k  index in RECEIPT_KINDS
 *   s  sequence in this run
 *
 * To clients they are opaque, as Expo's are.
 */
export interface TicketFacts {
  readonly acceptedAtMs: number;
  readonly receipt: ReceiptKind;
}

const LOW_DIGITS = Array.from({ length: 4096 }, (_, n) => n.toString(16).padStart(3, '0'));
const SHAPE = /^([0-9a-f]{8})-([0-9a-f]{4})-7([0-9a-f]{3})-8([0-9a-f]{3})-([0-9a-f]{2})([0-9a-f]{10})$/;
const RECEIPT_CODES = new Map(RECEIPT_KINDS.map((kind, index) => [kind, index.toString(16).padStart(2, '0')]));

export class TicketIds {
  readonly #group: string;
  readonly #run: string;
  readonly #named: boolean;
  #stampedMs = -1;
  #head = '';
  #high = 0;
  #highText = '0000000';
  #low = 0;

  /** A simulator with a `name` also recognises the ids of its earlier runs under that name. */
  constructor(name: string | null) {
    this.#named = name !== null;
    this.#group = createHash('sha256')
      .update(name ?? randomBytes(8))
      .digest('hex')
      .slice(0, 3);
    this.#run = randomBytes(2).toString('hex').slice(0, 3);
  }

  /** Distinguishes this run's ledger lines from an earlier run's in the same file. */
  get run(): string {
    return this.#run;
  }

  /** The part of the id that all tickets of one request share. */
  stamp(wallMs: number): void {
    if (wallMs === this.#stampedMs) return;
    this.#stampedMs = wallMs;
    const time = Math.floor(wallMs).toString(16).padStart(12, '0');
    this.#head = `${time.slice(0, 8)}-${time.slice(8)}-7${this.#group}-8${this.#run}-`;
  }

  mint(receipt: ReceiptKind): string {
    if (this.#low === 4096) {
      this.#low = 0;
      this.#high += 1;
      this.#highText = this.#high.toString(16).padStart(7, '0');
    }
    const code = receipt === 'ok' ? '00' : RECEIPT_CODES.get(receipt);
    return `${this.#head}${code}${this.#highText}${LOW_DIGITS[this.#low++]}`;
  }

  /** What a ticket id says, or undefined for an id that this simulator never gave out. */
  read(id: string): TicketFacts | undefined {
    const parts = SHAPE.exec(id);
    if (parts?.[3] !== this.#group) return undefined;
    const ofThisRun = parts[4] === this.#run;
    if (ofThisRun ? Number.parseInt(parts[6] ?? '', 16) >= this.#high * 4096 + this.#low : !this.#named) return undefined;
    const receipt = RECEIPT_KINDS[Number.parseInt(parts[5] ?? '', 16)];
    if (receipt === undefined) return undefined;
    return { acceptedAtMs: Number.parseInt(`${parts[1]}${parts[2]}`, 16), receipt };
  }
}
