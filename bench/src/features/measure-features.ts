import type { Bench } from '../bench.js';
import type { SuiteResult } from '../figures.js';
export async function measureFeatures(_bench: Bench): Promise<SuiteResult> {
  return { figures: [], details: {} };
}
