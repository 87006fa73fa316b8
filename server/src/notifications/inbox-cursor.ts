import { TodokuError } from '../errors/todoku-error.js';

/** Where a page ended: the time as Postgres writes it, because a Date would lose microseconds and with them notifications. */
export interface InboxPlace {
  readonly createdAt: string;
  readonly id: string;
}

const place = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?\+00) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export function printCursor({ createdAt, id }: InboxPlace): string {
  return Buffer.from(`${createdAt} ${id}`).toString('base64url');
}

/** Throws INVALID_INPUT: the cursor was changed, or never was one. */
export function readCursor(cursor: string): InboxPlace {
  const [, createdAt, id] = place.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (createdAt === undefined || id === undefined || Number.isNaN(Date.parse(createdAt.replace(' ', 'T').replace('+00', 'Z')))) {
    throw new TodokuError('INVALID_INPUT', { path: 'query.cursor', message: 'query.cursor: must be the nextCursor of the page before' });
  }
  return { createdAt, id };
}
