/**
 * The provider seam: everything that delivery knows about a push service.
 *
 * A provider turns up to `limits.recipients` messages into one request and classifies what came back, by code and never by message
 * text. It never retries and never waits for a budget: the queue does both, durably.
 */

export type Platform = 'ios' | 'android' | 'web' | 'unknown';

/** One delivery, ready for the wire. Texts that are already JSON stay text, so that a broadcast is not parsed and printed again. */
export interface OutgoingMessage {
  readonly deliveryId: string;
  readonly token: string;
  readonly platform: Platform;
  readonly title: string;
  readonly message: string;
  /** A JSON object as text. */
  readonly dataJson: string;
  /** How it shows: sound, badge, channelId, subtitle, … (see `push-options.ts`); a JSON object as text, or null. */
  readonly pushJson: string | null;
  /** A later message with the same key replaces this one on the device. */
  readonly collapseKey: string | null;
  /** Seconds from now after which the provider shall drop it; at least 1. */
  readonly ttlSeconds: number;
}

/** What became of one recipient of an answered request. */
export type RecipientOutcome =
  /** Taken. ticketId is null when the provider has no receipts or the ticket can't be attributed with certainty. */
  | { readonly kind: 'accepted'; readonly ticketId: string | null }
  /** The token is dead; the message was fine. */
  | { readonly kind: 'token_fault'; readonly code: string }
  /** This message will never be taken. */
  | { readonly kind: 'message_fault'; readonly code: string }
  /** The project's credentials or set-up are at fault; the token and message are fine. Definitely not sent. */
  | { readonly kind: 'project_fault'; readonly code: string }
  /** Definitely not sent; later may work. */
  | { readonly kind: 'transient'; readonly code: string }
  /** It may have been sent. */
  | { readonly kind: 'ambiguous'; readonly code: string };

interface AnswerFacts {
  readonly httpStatus: number | null;
  readonly requestId: string | null;
}

/** The request reached the provider, or may have: its messages have to be looked at one by one. */
export type TakenResult =
  /** One outcome for each message, in the order of the request. */
  | ({ readonly kind: 'answered'; readonly outcomes: readonly RecipientOutcome[] } & AnswerFacts)
  /**
   * Refused as a whole because of one message in it, or because the whole is too large: split and send again. `byProvider` is false when
   * something before the provider may have said so, which is no sign that the provider is well. A single message is only ever refused like
   * this by the provider's own words, for it then has failed.
   */
  | ({ readonly kind: 'isolate'; readonly code: string; readonly byProvider: boolean } & AnswerFacts)
  /** Refused as a whole: the tokens belong to several projects. Names the provider project of each token that it could tell. */
  | ({ readonly kind: 'regroup'; readonly code: string; readonly projectOfToken: ReadonlyMap<string, string> } & AnswerFacts)
  /** Bytes were sent and no usable answer came: each message may or may not have been sent. */
  | ({ readonly kind: 'ambiguous'; readonly code: string } & AnswerFacts);

/** Definitely not accepted, whatever the messages were: the same request may work later. */
export type RefusedResult =
  /** retryAfterMs: what the provider asked for; wholeProject: it asked it of the project and not of this request. */
  | ({
      readonly kind: 'transient';
      readonly code: string;
      readonly retryAfterMs: number | null;
      readonly wholeProject: boolean;
    } & AnswerFacts)
  /** The project's credentials or set-up are at fault: nothing of this project can be sent until it is mended. */
  | ({ readonly kind: 'project_fault'; readonly code: string } & AnswerFacts);

/** What became of one request. */
export type SendResult = TakenResult | RefusedResult;

export type Receipt =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'token_fault' | 'message_fault' | 'project_fault' | 'transient'; readonly code: string };

export type ReceiptsResult =
  /** Tickets that have no receipt yet are absent. Receipts of tickets that were not asked for are dropped by the provider adapter. */
  | { readonly kind: 'answered'; readonly receipts: ReadonlyMap<string, Receipt> }
  | { readonly kind: 'transient' | 'project_fault'; readonly code: string; readonly retryAfterMs: number | null };

interface ProviderLimits {
  /** Most recipients in one request. */
  readonly recipients: number;
  /** Most ticket ids in one receipts request; 0: the provider has no receipts. */
  readonly receiptIds: number;
}

export interface Provider {
  readonly name: string;
  readonly limits: ProviderLimits;
  /** True when a token has the form that this provider's tokens have. */
  isToken(token: string): boolean;
  /** Never rejects for anything that the provider or the network does: that is a SendResult. `deadlineMs` bounds the whole request. */
  send(messages: readonly OutgoingMessage[], deadlineMs: number): Promise<SendResult>;
  receipts(ticketIds: readonly string[], deadlineMs: number): Promise<ReceiptsResult>;
  close(): Promise<void>;
}
