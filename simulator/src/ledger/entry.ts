import { hash } from 'node:crypto';
import type { ExpoMessage } from '../protocol/messages.js';
import type { TicketKind } from '../tokens/behaviours.js';
import type { Platform } from '../tokens/registry.js';

/** One answered send request, column by column: the cheapest thing to keep, made into entries only when asked. */
export interface Batch {
  /** Counts the send requests of this run from 1. */
  readonly request: number;
  /** The machine's monotonic clock (CLOCK_MONOTONIC) in ms: comparable between processes of one machine. */
  readonly tMono: number;
  /** The machine's Unix time in ms; not the virtual clock. */
  readonly tWall: number;
  readonly project: string;
  /** Name of the fault that struck after acceptance. */
  readonly fault: string | null;
  readonly tokens: readonly string[];
  readonly messages: readonly ExpoMessage[];
  readonly answers: readonly TicketKind[];
  readonly ticketIds: readonly (string | null)[];
  readonly platforms: readonly Platform[];
}

/** One recipient of one answered request. The same shape is a line of the ledger file. */
export interface LedgerEntry {
  readonly run: string;
  readonly request: number;
  readonly tMono: number;
  readonly tWall: number;
  readonly project: string;
  readonly fault: string | null;
  readonly token: string;
  readonly platform: Platform;
  /** `data._deliveryId` of the message, if it is text. */
  readonly deliveryId: string | null;
  /** First 16 hex digits of the SHA-256 of the title, null without a title: proves that text arrived unchanged. */
  readonly titleHash: string | null;
  readonly collapseId: string | null;
  readonly tag: string | null;
  /** Whether the notification was taken, i.e. would go to the device. */
  readonly accepted: boolean;
  /** What the ticket said, whether or not it reached the client. */
  readonly answer: TicketKind;
  readonly ticketId: string | null;
}

export function entriesOf(batch: Batch, run: string): LedgerEntry[] {
  const { request, tMono, tWall, project, fault } = batch;
  const hashOf = titleHasher();
  return batch.tokens.map((token, index) => {
    const message = batch.messages[index];
    const answer = batch.answers[index] ?? 'ok';
    return {
      run,
      request,
      tMono,
      tWall,
      project,
      fault,
      token,
      platform: batch.platforms[index] ?? 'ios',
      deliveryId: message ? deliveryIdOf(message) : null,
      titleHash: message?.title === undefined ? null : hashOf(message.title),
      collapseId: message?.collapseId ?? null,
      tag: message?.tag ?? null,
      accepted: answer === 'ok',
      answer,
      ticketId: batch.ticketIds[index] ?? null,
    };
  });
}

function deliveryIdOf(message: ExpoMessage): string | null {
  const id = message.data?.['_deliveryId'];
  return typeof id === 'string' ? id : null;
}

/** Remembers the last title only: neighbours in a request usually share theirs. */
function titleHasher(): (title: string) => string {
  let lastTitle: string | undefined;
  let lastHash = '';
  return (title) => {
    if (title !== lastTitle) {
      lastTitle = title;
      lastHash = hash('sha256', title).slice(0, 16);
    }
    return lastHash;
  };
}
