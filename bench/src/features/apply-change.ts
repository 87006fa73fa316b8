import type { Change } from './feature.js';

/** Throws when the text does not have the place exactly once: then the feature would be measured with nothing switched off. */
export function applyChange(text: string, { file, find, replace }: Change): string {
  const places = text.split(find).length - 1;
  if (places !== 1) throw new Error(`${file} has ${places} places to change, not 1: bench/src/features/feature.ts must follow the code`);
  return text.replace(find, () => replace);
}
