/** A provider that asks for more is answered with an hour: longer waits are an operator's decision. */
const longestMs = 3_600_000;

const wholeSeconds = /^\d{1,15}$/;

/** IMF-fixdate, the only form that servers still write (RFC 9110 §5.6.7); Date.parse alone takes almost any text. */
const httpDate = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Milliseconds that a Retry-After header asks for: 0 … 1 hour, or null when there is none or it makes no sense. */
export function parseRetryAfter(header: unknown, now: Date): number | null {
  if (typeof header !== 'string') return null;
  const text = header.trim();
  const wait = wholeSeconds.test(text) ? Number(text) * 1000 : httpDate.test(text) ? Date.parse(text) - now.getTime() : Number.NaN;
  return Number.isNaN(wait) ? null : Math.min(Math.max(wait, 0), longestMs);
}
