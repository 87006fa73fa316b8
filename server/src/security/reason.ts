/** Why an operator does something, as the audit keeps it: one line that says something. The same by HTTP and on the command line. */
export const mostReasonCharacters = 1_000;

/** null: it is none. Blanks around it do not count. */
export function reasonIn(text: string): string | null {
  const reason = text.trim();
  return reason === '' || reason.length > mostReasonCharacters || notOneLine.test(reason) ? null : reason;
}

export const reasonRule = `must say why, in one line of at most ${mostReasonCharacters} characters`;

/** Control characters, halves of surrogate pairs, the separators of lines and paragraphs. */
const notOneLine = /\p{Cc}|\p{Cs}|\p{Zl}|\p{Zp}/u;
