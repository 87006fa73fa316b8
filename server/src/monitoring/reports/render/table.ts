import { html, type Markup } from './markup.js';

/** One column: its heading, and what is in it. `kind` n: a number, t: a time, word: may break anywhere, lead: names the row. */
export interface Column<Row> {
  readonly name: string;
  readonly kind?: 'n' | 't' | 'word' | 'advice' | 'lead';
  readonly cell: (row: Row) => string | Markup | null;
}

/** As many columns of numbers as a phone shows beside each other. */
const narrow = 4;

/** A table; with many columns, or with sentences, it becomes a list of cards on a phone. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Markup {
  const isNumber = ({ kind }: Column<Row>): boolean => kind === 'n';
  const heads = columns.map((column) => html`<th scope="col" class="${isNumber(column) ? 'n' : ''}">${column.name}</th>`);
  const lines = rows.map(
    (row) =>
      html`<tr>${columns.map(({ name, kind, cell }) => html`<td class="${kind ?? ''}" data-name="${name}">${cell(row)}</td>`)}</tr>
`,
  );
  const isPlain = columns.length <= narrow && columns.every(({ kind }) => kind === 'n' || kind === 'lead');
  return html`<div class="wide"><table class="${isPlain ? 'plain' : 'stack'}"><thead><tr>${heads}</tr></thead><tbody>
${lines}</tbody></table></div>
`;
}
