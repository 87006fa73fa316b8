import type { Device, UserSettings } from './planning-types.js';
import { quietHoursOf } from './settings-row.js';

/** One notification as the outbox query gives it. Instants that go back to the database keep their text: a Date would lose microseconds. */
export interface OutboxItem {
  readonly outboxId: number;
  readonly id: string;
  readonly createdAtText: string;
  readonly createdAt: Date;
  readonly broadcastId: string | null;
  readonly broadcastState: string | null;
  /** null: the row is gone. */
  readonly userId: string | null;
  readonly type: string;
  readonly sendAt: Date | null;
  readonly expiresAt: Date | null;
  readonly payloadBytes: number;
  readonly content: string | null;
  readonly capped: boolean;
  readonly settings: UserSettings | null;
  readonly devices: Device[];
}

/** What user_recent says of a user that matters. */
export interface RecentUser {
  granted: number;
  readonly firstWithContent: ReadonlyMap<string, string>;
}

export interface TakenOutbox {
  readonly items: OutboxItem[];
  readonly recent: Map<string, RecentUser>;
  readonly now: Date;
}

type Row = readonly (string | null)[];

/** Of one user; more than that are a fault of the app, and one notification must not become a flood. */
const MOST_DEVICES = 500;

const instant = (epochSeconds: string | null | undefined): Date | null =>
  epochSeconds === null || epochSeconds === undefined ? null : new Date(Number(epochSeconds) * 1000);

function settingsOf(row: Row): UserSettings | null {
  if (row[17] !== 't') return null;
  const quiet = row[20] === 't';
  return {
    pushEnabled: row[18] === 't',
    timezone: row[19] ?? null,
    quietHours: quiet ? quietHoursOf(row[21] ?? '', row[22] ?? '') : null,
    disabledTypes: row[23] === 't' ? [row[8] ?? ''] : [],
  };
}

function itemOf(row: Row): OutboxItem {
  return {
    outboxId: Number(row[1]),
    id: row[3] ?? '',
    createdAtText: row[4] ?? '',
    createdAt: instant(row[5]) ?? new Date(0),
    broadcastId: row[6] ?? null,
    userId: row[7] ?? null,
    type: row[8] ?? '',
    sendAt: instant(row[9]),
    expiresAt: instant(row[10]),
    payloadBytes: Number(row[11] ?? 0),
    content: row[12] ?? null,
    capped: row[13] === 't',
    broadcastState: row[14] ?? null,
    settings: settingsOf(row),
    devices: [],
  };
}

/** `{a,b}` of numbers or uuids. */
const elements = (literal: string | null | undefined): string[] =>
  literal == null || literal === '{}' ? [] : literal.slice(1, -1).split(',');

function recentOf(row: Row): RecentUser {
  const contents = elements(row[14]);
  const ids = elements(row[19]);
  const firstWithContent = new Map<string, string>();
  for (const [i, content] of contents.entries()) firstWithContent.set(content, ids[i] ?? '');
  return { granted: Number(row[2] ?? 0), firstWithContent };
}

/** Reads the rows of `takeOutbox`. */
export function readOutboxRows(rows: readonly Row[]): TakenOutbox {
  const items: OutboxItem[] = [];
  const recent = new Map<string, RecentUser>();
  let current: OutboxItem | null = null;
  let currentNr: string | null = null;
  let now = new Date(0);
  for (const row of rows) {
    if (row[0] === '1') {
      recent.set(row[7] ?? '', recentOf(row));
      continue;
    }
    if (current === null || row[2] !== currentNr) {
      current = itemOf(row);
      currentNr = row[2] ?? null;
      items.push(current);
      if (items.length === 1) now = instant(row[24]) ?? now;
    }
    const token = row[15];
    if (token != null && current.devices.length < MOST_DEVICES) current.devices.push({ tokenId: token, projectId: Number(row[16]) });
  }
  return { items, recent, now };
}
