/** Everything in which a semicolon does not end a statement: comments, quoted names, texts and bodies. */
const opaque = [
  /--[^\n]*/y,
  /"(?:[^"]|"")*"/y,
  // An escape string: a backslash keeps the quote from ending it.
  /[eE]'(?:[^'\\]|\\[\s\S]|'')*'/y,
  /'(?:[^']|'')*'/y,
  /\$([A-Za-z_][A-Za-z_0-9]*)?\$[\s\S]*?\$\1\$/y,
  // A name may hold $ and end in e: what comes after it begins no text of its own kind.
  /[A-Za-z_\u0080-\uffff][A-Za-z_0-9$\u0080-\uffff]*/y,
] as const;

/** The statements of a text, without their semicolons; what is only a comment is none. What never ends goes on to the end of the text. */
export function splitStatements(text: string): string[] {
  const statements: string[] = [];
  let from = 0;
  let hasContent = false;
  const end = (at: number): void => {
    if (hasContent) statements.push(text.slice(from, at).trim());
    from = at + 1;
    hasContent = false;
  };
  for (let at = 0; at < text.length; ) {
    const past = skip(text, at);
    if (text[at] === ';' && past === at + 1) end(at);
    else if (!/\s/.test(text[at] ?? '') && !isComment(text, at)) hasContent = true;
    at = past;
  }
  end(text.length);
  return statements;
}

const isComment = (text: string, at: number): boolean => text.startsWith('--', at) || text.startsWith('/*', at);

/** Where what begins here ends. */
function skip(text: string, at: number): number {
  if (text.startsWith('/*', at)) return skipComment(text, at);
  // Sticky expressions keep a place; each look sets it first.
  for (const part of opaque) {
    part.lastIndex = at;
    if (part.test(text)) return part.lastIndex > at ? part.lastIndex : at + 1;
  }
  return at + 1;
}

/** Block comments nest. */
function skipComment(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; ) {
    if (text.startsWith('/*', at)) depth++;
    else if (text.startsWith('*/', at)) depth--;
    else {
      at++;
      continue;
    }
    at += 2;
    if (depth === 0) return at;
  }
  return text.length;
}
