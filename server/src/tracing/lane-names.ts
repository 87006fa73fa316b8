import type { Lane } from '../planning/planning-types.js';

export const laneNames = ['critical', 'default', 'bulk'] as const satisfies { readonly [L in Lane]: string };
