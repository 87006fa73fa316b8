const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"]/g, (one) => escapes[one] ?? one);

/** Within the manual and its neighbours, or on the web; anything else stays text. */
const allowedTarget = /^(?:https?:\/\/[^\s"<>]+|[a-z0-9./#-][^\s"<>:]*)$/i;

const part = /`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)|\*\*([^*]+)\*\*/g;

/** Code, links and bold of a line. Everything else is text. */
export function renderInline(text: string): string {
  let html = '';
  let from = 0;
  for (const { 0: all, 1: code, 2: label, 3: target, 4: bold, index } of text.matchAll(part)) {
    html += escapeHtml(text.slice(from, index));
    if (code !== undefined) html += `<code>${escapeHtml(code)}</code>`;
    else if (bold !== undefined) html += `<strong>${renderInline(bold)}</strong>`;
    else html += renderLink(all, label ?? '', target ?? '');
    from = index + all.length;
  }
  return html + escapeHtml(text.slice(from));
}

function renderLink(all: string, label: string, target: string): string {
  if (!allowedTarget.test(target)) return escapeHtml(all);
  return `<a href="${escapeHtml(target)}">${renderInline(label)}</a>`;
}
