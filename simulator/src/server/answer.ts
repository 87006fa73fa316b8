/** A whole, well-formed HTTP answer. */
export interface Reply {
  readonly kind: 'reply';
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * What the client gets. Everything but `reply` is a fault: the connection is reset, left hanging, cut in the middle
 * of the body, fed byte by byte, or flooded.
 */
export type Answer =
  | Reply
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'truncate'; readonly of: Reply }
  | { readonly kind: 'drip'; readonly of: Reply; readonly everyMs: number }
  | { readonly kind: 'delay'; readonly of: Answer; readonly ms: number }
  | { readonly kind: 'flood'; readonly bytes: number };

export const JSON_TYPE = 'application/json; charset=utf-8';

export function reply(status: number, body: string | Buffer, type: string = JSON_TYPE): Reply {
  return { kind: 'reply', status, type, body };
}
