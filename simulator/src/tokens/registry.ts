import type { TokenBehaviour } from './behaviours.js';
import { isExpoPushToken } from './format.js';

export type Platform = 'ios' | 'android';

/** What the simulator knows of one device. */
export interface TokenProfile {
  readonly behaviour: TokenBehaviour;
  /** Expo project the token belongs to, e.g. `@owner/app`. */
  readonly project: string;
  readonly platform: Platform;
}

/** Parts left out keep what the default profile says. */
export type TokenChange = Partial<TokenProfile>;

/**
 * Devices by token. A token is looked up by its own entry, then by the longest prefix rule, then the default;
 * a token that has none of the first two and is not written as Expo writes tokens is malformed.
 */
export class TokenRegistry {
  readonly #initial: TokenProfile;
  readonly #profiles = new Map<string, TokenProfile>();
  #rules: { prefix: string; profile: TokenProfile }[] = [];
  #default: TokenProfile;

  constructor(initial: TokenProfile) {
    this.#initial = initial;
    this.#default = initial;
  }

  get default(): TokenProfile {
    return this.#default;
  }

  get size(): number {
    return this.#profiles.size;
  }

  /** True when a request can hold tokens of two projects at all: the hot path skips the grouping otherwise. */
  get mayMixProjects(): boolean {
    return this.#profiles.size > 0 || this.#rules.length > 0;
  }

  set(token: string, change: TokenChange): void {
    this.#profiles.set(token, { ...this.#default, ...this.#profiles.get(token), ...change });
  }

  setPrefix(prefix: string, change: TokenChange): void {
    const others = this.#rules.filter((rule) => rule.prefix !== prefix);
    others.push({ prefix, profile: { ...this.#default, ...change } });
    this.#rules = others.sort((a, b) => b.prefix.length - a.prefix.length);
  }

  setDefault(change: TokenChange): void {
    this.#default = { ...this.#default, ...change };
  }

  clear(): void {
    this.#profiles.clear();
    this.#rules = [];
    this.#default = this.#initial;
  }

  profileOf(token: string): TokenProfile {
    if (this.#profiles.size > 0) {
      const own = this.#profiles.get(token);
      if (own) return own;
    }
    for (const rule of this.#rules) {
      if (token.startsWith(rule.prefix)) return rule.profile;
    }
    if (isExpoPushToken(token)) return this.#default;
    return { ...this.#default, behaviour: 'malformed' };
  }
}
