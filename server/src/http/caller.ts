import { TodokuError } from '../errors/todoku-error.js';
import type { Scope } from '../security/api-key-store.js';
import type { Caller as KeyCaller } from '../security/api-keys.js';
import type { User } from '../security/user-jwt.js';

/** Who stands at the door. */
export type Caller =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'loopback' }
  | ({ readonly kind: 'user' } & User)
  | ({ readonly kind: 'key' } & KeyCaller);

/** As the audit names her. */
export function actorOf(caller: Caller): string {
  if (caller.kind === 'key') return `key:${caller.keyId}`;
  return caller.kind === 'user' ? `user:${caller.userId}` : caller.kind;
}

/** Of a route that only users may call. */
export function userOf(caller: Caller): User {
  if (caller.kind !== 'user') throw new TodokuError('FORBIDDEN');
  return caller;
}

export function isKeyWith(caller: Caller, scope: Scope): boolean {
  return caller.kind === 'key' && (caller.scopes.includes(scope) || caller.scopes.includes('admin'));
}
