import { vi } from 'vitest';
import { statementsFail } from './faults/added-errors.js';

/**
 * On a machine that does something else as well, a second is short, and where statements fail, work that failed several times waits for seconds;
 * vitest has no setting for how long `vi.waitFor` waits when it is not told.
 */
const { waitFor } = vi;
const timeout = statementsFail() ? 60_000 : 15_000;
vi.waitFor = (callback, options) => waitFor(callback, typeof options === 'number' ? options : { timeout, ...options });
