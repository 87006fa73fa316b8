/**
 * Masks what must never be read in a log, an error or an audit row, by its shape, wherever it stands. The last wall: callers do not log
 * secrets in the first place. Every pattern runs in linear time (bounded counts, and no start inside a word), because it sees texts from
 * outside. Masks contain neither quotes nor backslashes, so that JSON stays JSON.
 */
const shapes: readonly (readonly [RegExp, string])[] = [
  // Push tokens, plain or URL-encoded.
  [/(Expo(?:nent)?PushToken)(?:\[|%5B)[^\]"\\\s%]{0,256}(?:\]|%5D)?/gi, '$1[…]'],
  // Our API keys: the id may be read, the secret not.
  [/(?<![A-Za-z0-9])td_([A-Za-z0-9]{12})_[A-Za-z0-9]{8,}/g, 'td_$1_…'],
  // Webhook secrets (Standard Webhooks).
  [/(?<![A-Za-z0-9])(whsec|whsk)_[A-Za-z0-9+/=_-]{8,}/g, '$1_…'],
  // JSON Web Tokens.
  [/(?<![\w-])eyJ[\w-]{5,}\.[\w-]*(?:\.[\w-]*)?/g, 'eyJ…'],
  [/(?<![\w-])((?:Bearer|Basic)\s{1,4})[\w.~+/=-]{6,}/gi, '$1…'],
  // Passwords in connection strings.
  [/(?<![\w+.-])([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/?#@"]{0,100}):[^\s/?#@"]{1,200}@/gi, '$1:…@'],
  // PEM blocks; line ends may be written as \n.
  [/-----BEGIN ([A-Z ]{1,40})-----[^"-]*(?:-----END [A-Z ]{1,40}-----)?/g, '-----BEGIN $1-----…'],
];

export function redact(text: string): string {
  let masked = text;
  for (const [shape, mask] of shapes) masked = masked.replace(shape, mask);
  return masked;
}
