import { escapeHtml, renderInline } from './render-inline.js';

/** The Markdown of the manual, and no more: headings, paragraphs, lists, tables, code blocks, anchors. Comments are for the tests and not shown. */
export function renderMarkdown(markdown: string): string {
  const lines = markdown.replaceAll(/<!--[\s\S]*?-->/g, '').split('\n');
  const html: string[] = [];
  let anchor: string | null = null;
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    const heading = /^(#{1,4}) (.+)$/.exec(line);
    const named = /^<a id="([a-z0-9-]+)"><\/a>$/.exec(line);
    const fence = /^```([a-z]*)$/.exec(line);
    if (line.trim() === '') at++;
    else if (named !== null) {
      anchor = named[1] ?? null;
      at++;
    } else if (heading !== null) {
      const level = heading[1]?.length ?? 1;
      const id = anchor ?? slugOf(heading[2] ?? '');
      html.push(`<h${level} id="${escapeHtml(id)}">${renderInline(heading[2] ?? '')}</h${level}>`);
      anchor = null;
      at++;
    } else if (fence !== null) at = renderCode(lines, at, fence[1] ?? '', html);
    else if (line.startsWith('|')) at = renderTable(lines, at, html);
    else if (itemOf(line) !== null) at = renderList(lines, at, html);
    else at = renderParagraph(lines, at, html);
  }
  return html.join('\n');
}

/** As GitHub names headings, so that one link serves both. */
export const slugOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');

function renderCode(lines: readonly string[], at: number, language: string, html: string[]): number {
  const end = lines.indexOf('```', at + 1);
  const until = end < 0 ? lines.length : end;
  const code = escapeHtml(lines.slice(at + 1, until).join('\n'));
  const kind = language === '' || language === 'text' ? 'out' : 'run';
  html.push(`<pre class="${kind}"><code>${code}</code></pre>`);
  return until + 1;
}

function renderTable(lines: readonly string[], at: number, html: string[]): number {
  let end = at;
  while (lines[end]?.startsWith('|') === true) end++;
  const cells = (line: string): string[] =>
    line
      .replaceAll(/^\||\|\s*$/g, '')
      .split('|')
      .map((cell) => renderInline(cell.trim()));
  const row = (line: string, tag: 'td' | 'th'): string =>
    `<tr>${cells(line)
      .map((cell) => `<${tag}>${cell}</${tag}>`)
      .join('')}</tr>`;
  const [head = '', , ...body] = lines.slice(at, end);
  html.push(`<div class="wide"><table>${row(head, 'th')}${body.map((line) => row(line, 'td')).join('')}</table></div>`);
  return end;
}

interface Item {
  readonly ordered: boolean;
  readonly text: string;
}

function itemOf(line: string): Item | null {
  const item = /^(-|\d+\.) (.+)$/.exec(line);
  return item === null ? null : { ordered: item[1] !== '-', text: item[2] ?? '' };
}

function renderList(lines: readonly string[], from: number, html: string[]): number {
  const first = itemOf(lines[from] ?? '');
  const items: string[] = [];
  let at = from;
  for (; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const item = itemOf(line);
    if (item !== null && item.ordered === first?.ordered) items.push(item.text);
    else if (/^ {2,}\S/.test(line)) items.push(`${items.pop() ?? ''}\n${line.trim()}`);
    else break;
  }
  const tag = first?.ordered === true ? 'ol' : 'ul';
  html.push(`<${tag}>${items.map((text) => `<li>${checkbox(text)}</li>`).join('')}</${tag}>`);
  return at;
}

const checkbox = (text: string): string =>
  text.startsWith('[ ] ') ? `<label><input type="checkbox"> ${renderInline(text.slice(4))}</label>` : renderInline(text);

function renderParagraph(lines: readonly string[], from: number, html: string[]): number {
  const text: string[] = [];
  let at = from;
  for (; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line.trim() === '' || /^(#|```|\||<a id=)/.test(line) || (at > from && itemOf(line) !== null)) break;
    text.push(line.trim());
  }
  html.push(`<p>${renderInline(text.join('\n'))}</p>`);
  return Math.max(at, from + 1);
}
