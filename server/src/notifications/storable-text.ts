import { z } from 'zod';

/** Postgres has no NUL in text, and half of a surrogate pair has no UTF-8. */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** Any text that can be stored and sent unchanged. Its length is bounded by the payload as a whole. */
export const storableText = z.string().refine(isStorableText, 'must be well-formed text without NUL');
