import type { Logger } from './logger.js';

/** On every line that tells of an error about notifications or deliveries: what the log is searched for. */
export const errorKind = 'NotificationError';

/**
 * The one way in which such an error is logged, so that lines can be counted by kind (docs/logs.md). `code` says what happened, as a word that
 * never varies with the case; `text` does not vary either; everything that does (ids, counts, the error behind it) stands in `fields`.
 */
export function logNotificationError(
  log: Pick<Logger, 'error' | 'warn'>,
  code: string,
  text: string,
  fields: object = {},
  level: 'error' | 'warn' = 'error',
): void {
  log[level]({ ...fields, kind: errorKind, code: word(code) }, text);
}

/** A provider's codes come from outside: they must stay one field of the line. */
function word(code: string): string {
  return code.replaceAll(/[^\w.:-]+/g, '_').slice(0, 64) || 'UNKNOWN';
}
