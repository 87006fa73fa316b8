import type { OutgoingMessage, Provider, RecipientOutcome } from '../../src/providers/provider.js';

/** What a device's own answer can be. */
export type RecipientSituation = Exclude<RecipientOutcome['kind'], 'accepted' | 'ambiguous'>;

/** What becomes of the next request, at any service. */
interface RequestSituations {
  /** The service says "slow down" and asks for seven seconds. */
  rateLimited(): void;
  credentialsRefused(): void;
  internalError(): void;
  gatewayError(): void;
  /** Takes the messages, then resets the connection. */
  resetAfterTaking(): void;
  silence(): void;
  /** The right answer, a moment later. */
  slow(): void;
  /** A byte now and then, for longer than any deadline used here. */
  drip(): void;
  cutShort(): void;
  endlessAnswer(): void;
  compressedBomb(): void;
  /** Answers with success, and a body that is none of the protocol's. */
  nonsense(): void;
}

/** What becomes of the next request at a service that answers several recipients at once. */
export interface BatchSituations {
  refusedForOneMessage(): void;
  /** The first message's token is of another project than the others'. */
  mixedProjects(messages: readonly OutgoingMessage[]): void;
  oneAnswerTooFew(): void;
  oneAnswerTooMany(): void;
}

/** For a service that has receipts. */
export interface ReceiptSituations {
  /** Makes the receipt of this device say so; 'none': it never comes. */
  of(message: OutgoingMessage, receipt: RecipientSituation | 'none'): void;
  /** The next answer has a receipt more, which nobody asked for. */
  unasked(): void;
  silence(): void;
}

/** A provider towards a service that does as it is told. */
export interface ProviderUnderTest<Batch, Receipts> {
  readonly provider: Provider;
  /** Messages to live devices, all different. */
  messages(count: number): OutgoingMessage[];
  /** Makes this one device answer so. */
  recipient(message: OutgoingMessage, situation: RecipientSituation): void;
  readonly next: RequestSituations;
  readonly nextBatch: Batch;
  readonly receipts: Receipts;
  /** Delivery ids that the service took, in its order. */
  taken(): readonly string[];
  /** Requests of any kind that the service has begun to see. */
  requests(): number;
  stop(): Promise<void>;
}

export interface ProviderFactory<Batch, Receipts> {
  start(): Promise<ProviderUnderTest<Batch, Receipts>>;
  /** The provider towards an address where nothing listens. */
  unreachable(): Promise<Provider>;
}

export type AnyProvider = ProviderFactory<unknown, unknown>;
export type BatchProvider = ProviderFactory<BatchSituations, unknown>;
export type ReceiptProvider = ProviderFactory<unknown, ReceiptSituations>;
