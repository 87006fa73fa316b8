import { z } from 'zod';
import { TodokuError } from '../errors/todoku-error.js';
import type { Provider } from '../providers/provider.js';

/** What a provider needs for the registry: to know its tokens by their form. */
export type TokenProvider = Pick<Provider, 'name' | 'isToken'>;

const longestToken = 4_096;
/** Postgres stores no NUL and nothing that is not Unicode; other control characters are never meant. */
const plainText = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), 'has characters that are not allowed');

/** One device of one user, as an app registers it. The API's schema for the body is made from this. */
export const registrationSchema = z.strictObject({
  userId: z.guid().transform((id) => id.toLowerCase()),
  token: plainText(longestToken),
  platform: z.enum(['ios', 'android', 'web', 'unknown']),
  /** The app's own id of the device, for the user's list of devices. */
  deviceId: plainText(200).optional(),
  appVersion: plainText(100).optional(),
  /** BCP 47, as the device says it. */
  locale: plainText(35).optional(),
  /** Name of the provider project; absent: the one that the token had, else 'default'. */
  project: plainText(200).optional(),
});

export type Registration = z.input<typeof registrationSchema>;
/** The provider whose form the token has. Throws INVALID_INPUT. */
export function providerOf(token: string, providers: readonly TokenProvider[]): TokenProvider {
  const provider = findProvider(token, providers);
  if (provider !== null) return provider;
  const names = providers.map(({ name }) => name).join(', ');
  throw new TodokuError('INVALID_INPUT', { path: 'token', message: `This is not a push token of any provider here (${names}).` });
}

/** null: no provider here has such tokens. */
export function findProvider(token: string, providers: readonly TokenProvider[]): TokenProvider | null {
  const known = plainText(longestToken).safeParse(token).success ? providers.find((provider) => provider.isToken(token)) : undefined;
  return known ?? null;
}
