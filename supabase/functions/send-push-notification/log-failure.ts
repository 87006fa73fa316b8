/** Of a failure, without what a notification says, whom it is for, and with what it was called. */
export interface Failure {
  readonly code: string;
  readonly text: string;
  readonly requestId: string;
  readonly status: number;
  /** Further facts: numbers, and names of tables. */
  readonly more?: Readonly<Record<string, string | number>>;
}

/**
 * `ERROR NotificationError CODE 09:00:00.000 requestId=…,status=503 text`: one line a failure, of the shape that docs/logs.md tells of, so that
 * `grep ERROR` finds it and `cut -d' ' -f1-3,6-` counts it.
 */
export function failureLine({ code, text, requestId, status, more = {} }: Failure, now: Date): string {
  const pairs = Object.entries({ requestId, status, ...more }).map(([name, value]) => `${name}=${oneWord(String(value))}`);
  return `ERROR NotificationError ${oneWord(code)} ${now.toISOString().slice(11, 23)} ${pairs.join(',')} ${text}`;
}

/** Codes and names come from outside: they must stay one field of one line. */
function oneWord(text: string): string {
  return text.replaceAll(/[^\w.:-]+/g, '_').slice(0, 64) || '-';
}
