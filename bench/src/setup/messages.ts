import { createHash } from 'node:crypto';

/** The one text that every contestant sends: some 200 bytes, as a reminder has them. */
export const message = {
  type: 'reminder',
  title: 'Feeding time',
  body: 'It has been three hours since the last feeding. How is the little one?',
  screen: 'feeding',
} as const;

/** The token of the n-th device: always the same, and as random as a real one, so that it compresses no better. */
export const tokenOf = (n: number): string =>
  `ExponentPushToken[${createHash('sha256').update(`device ${n}`).digest('base64url').slice(0, 22)}]`;

export const secondsToLive = 86_400;

/** What the titles of single messages begin with whose arrival is looked for. */
export const measuredTitle = 'Measured ';
