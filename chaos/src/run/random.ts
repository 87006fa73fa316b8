/** mulberry32: small, and good enough for a schedule. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function below(draw: () => number, limit: number): number {
  return Math.floor(draw() * limit);
}

export function shuffled<T>(list: readonly T[], draw: () => number): T[] {
  const left = [...list];
  const out: T[] = [];
  while (left.length > 0) out.push(...left.splice(below(draw, left.length), 1));
  return out;
}

export function pick<T>(list: readonly [T, ...T[]], draw: () => number): T {
  return list[below(draw, list.length)] ?? list[0];
}
