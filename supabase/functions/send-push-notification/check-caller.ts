import { Refusal } from './refusal.ts';

/**
 * Lets in who shows a key of the service role, in either header that clients of Supabase send it in, and nobody else. The key itself is compared:
 * the platform's gateway checks JWTs only where the function was deployed so, and keys of the newer kind are none. What a JWT claims is never
 * believed. Throws UNAUTHENTICATED, FORBIDDEN, and CONFIGURATION_INVALID where there is no key to compare with.
 */
export async function checkCaller(headers: Headers, serviceKeys: readonly string[]): Promise<void> {
  if (serviceKeys.length === 0) throw new Refusal('CONFIGURATION_INVALID', 'The platform gave this function no key of the service role.');
  const shown = [headers.get('apikey'), bearerOf(headers.get('authorization'))].filter((key) => key !== null && key !== '');
  if (shown.length === 0) throw new Refusal('UNAUTHENTICATED');
  let matches = 0;
  for (const key of shown) for (const secret of serviceKeys) matches |= await isSame(String(key), secret);
  if (matches === 0) throw new Refusal('FORBIDDEN');
}

function bearerOf(authorization: string | null): string | null {
  return /^Bearer +(\S+)\s*$/i.exec(authorization ?? '')?.[1] ?? null;
}

/** 1 or 0, in a time that does not depend on where the two differ: their digests are compared whole. */
async function isSame(one: string, other: string): Promise<0 | 1> {
  const [a, b] = await Promise.all([digestOf(one), digestOf(other)]);
  let difference = 0;
  for (const [i, byte] of a.entries()) difference |= byte ^ (b[i] ?? 0);
  return difference === 0 ? 1 : 0;
}

async function digestOf(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}
