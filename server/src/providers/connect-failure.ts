/** Why a request was never written. */
export type NotSentCode =
  | 'CONNECTION_REFUSED'
  | 'CONNECT_TIMEOUT'
  | 'CONNECT_FAILED'
  | 'DNS_FAILED'
  | 'TLS_FAILED'
  | 'DEADLINE_BEFORE_SEND'
  | 'PROVIDER_CLOSED';

/** Codes of Node and OpenSSL for a handshake or certificate that can't be trusted; see `codeFamilies` for the rest. */
const codes: ReadonlyMap<string, NotSentCode> = new Map([
  ['ECONNREFUSED', 'CONNECTION_REFUSED'],
  ['UND_ERR_CONNECT_TIMEOUT', 'CONNECT_TIMEOUT'],
  ['ETIMEDOUT', 'CONNECT_TIMEOUT'],
  ['ENOTFOUND', 'DNS_FAILED'],
  ['EPROTO', 'TLS_FAILED'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'TLS_FAILED'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'TLS_FAILED'],
  ['HOSTNAME_MISMATCH', 'TLS_FAILED'],
  ['INVALID_CA', 'TLS_FAILED'],
  ['UND_ERR_DESTROYED', 'PROVIDER_CLOSED'],
  ['UND_ERR_CLOSED', 'PROVIDER_CLOSED'],
]);

const codeFamilies: readonly (readonly [prefix: string, NotSentCode])[] = [
  ['EAI_', 'DNS_FAILED'],
  ['ERR_TLS_', 'TLS_FAILED'],
  ['ERR_SSL_', 'TLS_FAILED'],
  ['CERT_', 'TLS_FAILED'],
  ['UNABLE_TO_', 'TLS_FAILED'],
];

/** Names why no connection came about, by the error's code. */
export function connectFailureCode(error: unknown): NotSentCode {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  return codes.get(code) ?? codeFamilies.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 'CONNECT_FAILED';
}
