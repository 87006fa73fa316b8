import { printable } from '../../../logging/printable.js';

/** HTML that may stand as it is. Only `html` makes it, so whatever else comes into a page is escaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Piece = string | number | Markup | null | readonly (Markup | null)[];

/** Text between tags or in quoted attributes; null is nothing. */
export function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return new Markup(parts.reduce((text, part, i) => text + show(pieces[i - 1] ?? null) + part));
}

function show(piece: Piece): string {
  if (piece === null) return '';
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === 'object') return piece.map(show).join('');
  return escaped(String(piece));
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** What moves the cursor or turns the direction of writing is no text either. */
const escaped = (text: string): string =>
  printable(text.toWellFormed()).replace(/[&<>"']/g, (character) => entities[character] ?? character);
