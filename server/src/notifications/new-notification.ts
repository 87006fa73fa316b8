import type { NotificationInput } from './notification-input.js';
import { uuidV7 } from './uuid-v7.js';

/** A notification that was found good and waits for its commit. */
export interface NewNotification {
  readonly id: string;
  /** The caller chose the id: it may be taken. */
  readonly idGiven: boolean;
  readonly userId: string;
  readonly type: string;
  readonly title: string;
  readonly message: string;
  readonly dataJson: string;
  readonly pushJson: string | null;
  readonly sendAt: Date | null;
  readonly expiresAt: Date | null;
  readonly collapseKey: string | null;
  /** Only this device. */
  readonly tokenId: string | null;
}

export function newNotification(input: NotificationInput, now: Date): NewNotification {
  return {
    id: input.id?.toLowerCase() ?? uuidV7(now),
    idGiven: input.id !== undefined,
    userId: input.userId,
    type: input.type,
    title: input.title,
    message: input.message,
    dataJson: JSON.stringify(input.data),
    pushJson: input.push ? JSON.stringify(input.push) : null,
    sendAt: input.sendAt ?? null,
    expiresAt: input.expiresAt ?? null,
    collapseKey: input.collapseKey ?? null,
    tokenId: null,
  };
}
