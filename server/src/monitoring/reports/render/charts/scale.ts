/** An axis from 0 to a round number that is at least `most`, with the values at which lines stand. */
export function roundScale(
  most: number,
  { whole = false }: { readonly whole?: boolean } = {},
): { readonly top: number; readonly lines: readonly number[] } {
  const rough = Math.max(most, Number.MIN_VALUE) / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const nice = [1, 2, 2.5, 5, 10].map((step) => step * power).find((step) => step >= rough * 0.999) ?? rough;
  const step = whole ? Math.max(1, Math.ceil(nice)) : nice;
  const count = Math.max(1, Math.ceil(most / step - 1e-9));
  return { top: step * count, lines: Array.from({ length: count }, (_, i) => step * (i + 1)) };
}
