import type { Platform } from '../providers/provider.js';
import { bytesOf, type DeliveryAddress, type MessageContent } from './delivery-content.js';
import type { Device, UserSettings } from './planning-types.js';
import { quietHoursOf } from './settings-row.js';

interface OutboxDevice extends Device {
  /** null: `takeOutbox` leaves it out, `takeOutboxWithContent` gives it. */
  readonly address: DeliveryAddress | null;
}

/** One notification as the outbox query gives it. */
export interface OutboxItem {
  readonly outboxId: number;
  readonly id: string;
  /** Microseconds since 1970, as they go back to the database: a Date would lose three digits. */
  readonly createdAtUs: string;
  readonly createdAt: Date;
  readonly broadcastId: string | null;
  readonly broadcastState: string | null;
  /** It was planned before, and held. */
  readonly wasHeld: boolean;
  /** Since when it could have been sent: it entered the outbox then. */
  readonly readyAt: Date;
  /** null: the row is gone. */
  readonly userId: string | null;
  readonly type: string;
  readonly sendAt: Date | null;
  readonly expiresAt: Date | null;
  readonly payloadBytes: number;
  readonly content: string | null;
  readonly settings: UserSettings | null;
  readonly devices: OutboxDevice[];
  /** null: as with a device's address, or because it is far too big to be sent. */
  readonly message: MessageContent | null;
}

export interface TakenOutbox {
  readonly items: OutboxItem[];
  readonly now: Date;
}

type Row = readonly (string | null)[];

/** Of one user; more than that are a fault of the app, and one notification must not become a flood. */
const MOST_DEVICES = 500;

const instant = (epochSeconds: string | null | undefined): Date | null =>
  epochSeconds === null || epochSeconds === undefined ? null : new Date(Number(epochSeconds) * 1000);

function settingsOf(row: Row): UserSettings | null {
  if (row[14] === null) return null;
  return {
    pushEnabled: row[14] === 't',
    timezone: row[15] ?? null,
    quietHours: row[16] === 't' ? quietHoursOf(row[17] ?? '', row[18] ?? '') : null,
    disabledTypes: row[19] === 't' ? [row[7] ?? ''] : [],
  };
}

function itemOf(row: Row): OutboxItem {
  return {
    outboxId: Number(row[0]),
    id: row[2] ?? '',
    createdAtUs: row[3] ?? '',
    createdAt: new Date(Number(row[3]) / 1000),
    broadcastId: row[4] ?? null,
    broadcastState: row[5] ?? null,
    wasHeld: row[21] === 't',
    readyAt: instant(row[22]) ?? new Date(Number(row[3]) / 1000),
    userId: row[6] ?? null,
    type: row[7] ?? '',
    sendAt: instant(row[8]),
    expiresAt: instant(row[9]),
    payloadBytes: Number(row[10] ?? 0),
    content: row[11] ?? null,
    settings: settingsOf(row),
    devices: [],
    message: messageOf(row),
  };
}

const CONTENT = 23;

function messageOf(row: Row): MessageContent | null {
  const title = row[CONTENT];
  const message = row[CONTENT + 1];
  const dataJson = row[CONTENT + 2];
  if (title == null || message == null || dataJson == null) return null;
  return {
    title,
    message,
    dataJson,
    pushJson: row[CONTENT + 3] ?? null,
    collapseKey: row[CONTENT + 4] ?? null,
  };
}

function addressOf(row: Row): DeliveryAddress | null {
  const ciphertext = row[CONTENT + 6];
  return ciphertext == null ? null : { platform: (row[CONTENT + 5] ?? 'unknown') as Platform, ciphertext: bytesOf(ciphertext) };
}

/** Reads the rows of `takeOutbox` and of `takeOutboxWithContent`, in whatever order they come. */
export function readOutboxRows(rows: readonly Row[]): TakenOutbox {
  const items = new Map<string, OutboxItem>();
  let now = new Date(0);
  for (const row of rows) {
    const key = `${row[0]}/${row[1]}`;
    let item = items.get(key);
    if (item === undefined) {
      item = itemOf(row);
      items.set(key, item);
    }
    const token = row[12];
    if (token != null && item.devices.length < MOST_DEVICES) {
      item.devices.push({ tokenId: token, projectId: Number(row[13]), address: addressOf(row) });
    }
    now = instant(row[20]) ?? now;
  }
  return { items: [...items.values()], now };
}
