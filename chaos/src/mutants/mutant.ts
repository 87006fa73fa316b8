/** One deliberate defect of the product, and what must notice it. */
export interface Mutant {
  readonly name: string;
  /** What somebody might have broken, in a sentence. */
  readonly defect: string;
  /** The truths of which at least one must be judged broken. */
  readonly truths: readonly number[];
  readonly edits: readonly Edit[];
}

/** An exact replacement: `find` must stand in the file exactly once. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** Throws when the text is not there exactly once: the product has changed, and the mutant must be thought about again. */
export function mutate(source: string, { file, find, replace }: Edit): string {
  const first = source.indexOf(find);
  if (first < 0) throw new Error(`${file} has no text «${find}»: mend the mutant`);
  if (source.indexOf(find, first + 1) >= 0) throw new Error(`${file} has the text «${find}» more than once: make it longer`);
  return source.slice(0, first) + replace + source.slice(first + find.length);
}
