import { vi } from 'vitest';

/**
 * On a machine that does something else as well, a second is short, and vitest has no setting for how long `vi.waitFor` waits when it is not
 * told.
 */
const { waitFor } = vi;
vi.waitFor = (callback, options) => waitFor(callback, typeof options === 'number' ? options : { timeout: 15_000, ...options });
