const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
/** Takes no cell of its own: accents that stand apart, joiners, variation selectors. */
const joined = /\p{Mn}|\p{Me}|[\u200b-\u200d]/u;

/** Terminal cells that a text takes. */
export function cellsOf(text: string): number {
  let cells = 0;
  for (const character of text) cells += joined.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return cells;
}
