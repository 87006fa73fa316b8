import { TodokuError } from '../errors/todoku-error.js';
import type { Caller } from './caller.js';

/** Whose things a call is about: a user's own, or for an API key whom it names. Throws FORBIDDEN and INVALID_INPUT. */
export function userInQuestion(caller: Caller, named: string | undefined, path: string): string {
  if (caller.kind === 'user') {
    if (named !== undefined && named !== caller.userId)
      throw new TodokuError('FORBIDDEN', { message: 'A user may ask for herself only.', path });
    return caller.userId;
  }
  if (named === undefined) throw new TodokuError('INVALID_INPUT', { message: `${path}: is needed with an API key`, path });
  return named;
}
