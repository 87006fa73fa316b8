import type { Platform } from '../providers/provider.js';
import type { UserSettings } from './planning-types.js';

/** What a notification says. JSON is text as the database has it: it is spliced into requests and never parsed. */
export interface MessageContent {
  readonly title: string;
  readonly message: string;
  readonly dataJson: string;
  readonly pushJson: string | null;
  readonly collapseKey: string | null;
}

/** Where a delivery goes. */
export interface DeliveryAddress {
  readonly platform: Platform;
  readonly ciphertext: Buffer;
}

/** One delivery of a chunk. `gone` says why it must not be sent. */
export interface DeliveryContent extends MessageContent, DeliveryAddress {
  readonly deliveryId: string;
  readonly tokenId: string;
  readonly gone: 'ROW_DELETED' | 'TOKEN_GONE' | 'TOKEN_MOVED' | 'TOKEN_INACTIVE' | null;
  readonly type: string;
  /** null: no settings row. */
  readonly settings: UserSettings | null;
}

export interface LoadedChunk {
  readonly deliveries: DeliveryContent[];
  /** The database's time when it was read. */
  readonly now: Date;
  /** It is what planning has just decided by, in the commit that claimed the chunk: there is nothing to judge again. */
  readonly justPlanned: boolean;
}

/** Of a bytea's text, `\\x…`. */
export function bytesOf(text: string): Buffer {
  return Buffer.from(text.slice(2), 'hex');
}
