import type { FastifyRequest } from 'fastify';
import { TodokuError } from '../errors/todoku-error.js';
import type { ApiKeys } from '../security/api-keys.js';
import type { UserTokenVerifier } from '../security/user-jwt.js';
import { type Caller, isKeyWith } from './caller.js';
import type { CallerLimits } from './caller-limits.js';
import type { Access, Grant } from './route.js';

export interface Doorkeepers {
  readonly apiKeys: Pick<ApiKeys, 'verify'>;
  readonly userTokens: Pick<UserTokenVerifier, 'verify'>;
  /** null: nobody is limited. */
  readonly limits: CallerLimits | null;
}

const bearer = /^Bearer +(\S+)$/i;
const keyPrefix = 'td_';
const loopback = /^(?:127(?:\.\d+){3}|::1|::ffff:127(?:\.\d+){3})$/;

/** Says who calls, and lets nobody pass whom the route does not name. Throws UNAUTHENTICATED, FORBIDDEN or RATE_LIMITED. */
export async function admit(request: FastifyRequest, access: Access, keepers: Doorkeepers): Promise<Caller> {
  if (access === 'public') return { kind: 'nobody' };
  if (access.includes('loopback') && isFromHere(request)) return { kind: 'loopback' };
  const caller = await identify(request, keepers);
  if (!access.some((grant) => holds(caller, grant))) throw new TodokuError('FORBIDDEN', { message: `This needs ${described(access)}.` });
  return caller;
}

async function identify(request: FastifyRequest, keepers: Doorkeepers): Promise<Caller> {
  const [, credential] = bearer.exec(request.headers.authorization ?? '') ?? [];
  if (credential === undefined) throw new TodokuError('UNAUTHENTICATED');
  try {
    const caller = await verify(credential, keepers);
    if (caller.kind === 'user') keepers.limits?.noteUser(caller.userId);
    return caller;
  } catch (error) {
    if (error instanceof TodokuError && error.code === 'UNAUTHENTICATED')
      keepers.limits?.noteFailure(request.raw.socket.remoteAddress ?? '');
    throw error;
  }
}

async function verify(credential: string, { apiKeys, userTokens }: Doorkeepers): Promise<Caller> {
  if (!credential.startsWith(keyPrefix)) return { kind: 'user', ...(await userTokens.verify(credential)) };
  const key = await apiKeys.verify(credential);
  if (key === null) throw new TodokuError('UNAUTHENTICATED');
  return { kind: 'key', ...key };
}

function holds(caller: Caller, grant: Grant): boolean {
  if (grant === 'loopback') return false;
  return grant === 'user' ? caller.kind === 'user' : isKeyWith(caller, grant);
}

/** The connection's own address, never what a header says; and a request that came through a proxy here comes from elsewhere. */
function isFromHere(request: FastifyRequest): boolean {
  const { headers, socket } = request.raw;
  const proxied =
    headers['x-forwarded-for'] !== undefined ||
    headers.forwarded !== undefined ||
    headers['x-real-ip'] !== undefined ||
    headers.via !== undefined;
  return !proxied && loopback.test(socket.remoteAddress ?? '');
}

function described(access: readonly Grant[]): string {
  const named = access
    .filter((grant) => grant !== 'loopback')
    .map((grant) => (grant === 'user' ? 'a user token' : `an API key with scope ${grant}`));
  return named.join(' or ');
}
