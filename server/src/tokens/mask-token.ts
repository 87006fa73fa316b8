const shown = 4;

/** Enough to recognise a token that one has, and not to use it: `ExponentPushToken[…wxyz]`. */
export function maskToken(token: string): string {
  const [, name = '', inside = token] = /^([A-Za-z]+)\[(.*)\]$/s.exec(token) ?? [];
  const end = inside.length >= 4 * shown ? inside.slice(-shown) : '';
  return name === '' ? `…${end}` : `${name}[…${end}]`;
}
