import type { Lane } from './planning-types.js';

/** By their number. */
export const laneNames = ['critical', 'default', 'bulk'] as const satisfies { readonly [L in Lane]: string };
