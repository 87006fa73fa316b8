import { createHmac, createSecretKey, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Secret } from '../config/secret.js';
import { silentLogger } from '../logging/logger.js';
import { UserTokenVerifier } from './user-jwt.js';

const sharedSecret = 'a-shared-secret-of-more-than-32-characters';
const symmetric = createSecretKey(sharedSecret, 'utf8');
const es256 = await generateKeyPair('ES256', { extractable: true });
const rs256 = await generateKeyPair('RS256', { extractable: true });
const stranger = await generateKeyPair('ES256');
const userId = randomUUID();
const start = Date.UTC(2026, 10, 1);

let elapsed = 0;
const clock = { now: () => new Date(start + elapsed), monotonic: () => elapsed };

/** A key server: what it answers next, and how often it was asked. */
const keyServer = { asked: 0, status: 200, body: '' };
let server: Server;
beforeAll(async () => {
  server = createServer((_, response) => {
    keyServer.asked += 1;
    response.writeHead(keyServer.status, { location: '/elsewhere' }).end(keyServer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());
beforeEach(async () => {
  elapsed = 0;
  const keys = [
    { ...(await exportJWK(es256.publicKey)), kid: 'ec-1' },
    { ...(await exportJWK(rs256.publicKey)), kid: 'rsa-1' },
  ];
  Object.assign(keyServer, { asked: 0, status: 200, body: JSON.stringify({ keys }) });
});

function verifier(changes: { secret?: Secret | null; jwksUrl?: string | null; issuer?: string } = {}): UserTokenVerifier {
  const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  return new UserTokenVerifier(
    { secret: new Secret(sharedSecret), jwksUrl, issuer: null, audience: 'authenticated', ...changes },
    clock,
    silentLogger,
  );
}

const good: JWTPayload = { sub: userId, aud: 'authenticated', role: 'authenticated', exp: start / 1000 + 3_600 };

function sign(
  key: Parameters<SignJWT['sign']>[0] = symmetric,
  header: Partial<JWTHeaderParameters> = {},
  claims: Record<string, unknown> = {},
): Promise<string> {
  return new SignJWT({ ...good, ...claims }).setProtectedHeader({ alg: 'HS256', typ: 'JWT', ...header }).sign(key);
}

/** A token put together by hand, for what no library would sign. */
function byHand(header: object, claims: object, key: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

const refused = { code: 'UNAUTHENTICATED', status: 401, message: 'No valid credential came with the request.' };

it.each([
  ['the shared secret', () => sign()],
  ['ES256 by JWKS', () => sign(es256.privateKey, { alg: 'ES256', kid: 'ec-1' })],
  ['RS256 by JWKS', () => sign(rs256.privateKey, { alg: 'RS256', kid: 'rsa-1' })],
])('knows the user of a token signed with %s', async (_, token) => {
  expect(await verifier().verify(await token())).toMatchObject({ userId, claims: { role: 'authenticated' } });
});

it.each<[string, () => Promise<string> | string]>([
  ['nothing', () => ''],
  ['no token', () => 'Bearer'],
  ['alg none', () => `${byHand({ alg: 'none', typ: 'JWT' }, good, 'x').split('.').slice(0, 2).join('.')}.`],
  ['an unknown algorithm', () => byHand({ alg: 'HS1', typ: 'JWT' }, good, sharedSecret)],
  ['HS512 with the right secret', () => sign(symmetric, { alg: 'HS512' })],
  ['another secret', () => sign(createSecretKey(Buffer.alloc(32, 1)))],
  ['the public key taken for a shared secret', async () => byHand({ alg: 'HS256', typ: 'JWT' }, good, await exportSPKI(rs256.publicKey))],
  ['another key under our key id', () => sign(stranger.privateKey, { alg: 'ES256', kid: 'ec-1' })],
  ['a key that it brings along', async () => sign(stranger.privateKey, { alg: 'ES256', jwk: await exportJWK(stranger.publicKey) })],
  [
    'a key address that it brings along',
    () => sign(stranger.privateKey, { alg: 'ES256', jku: 'http://127.0.0.1:1/', x5u: 'http://127.0.0.1:1/' }),
  ],
  ['a key id that climbs', () => sign(stranger.privateKey, { alg: 'ES256', kid: '../../../dev/null' })],
  ['an unknown critical extension', () => byHand({ alg: 'HS256', typ: 'JWT', crit: ['exp'], exp: 1 }, good, sharedSecret)],
  ['another type', () => sign(symmetric, { typ: 'at+jwt' })],
  ['another audience', () => sign(symmetric, {}, { aud: 'anon' })],
  ['no audience', () => sign(symmetric, {}, { aud: undefined })],
  ['the role anon', () => sign(symmetric, {}, { role: 'anon' })],
  ['the role service_role', () => sign(symmetric, {}, { role: 'service_role' })],
  ['no expiry', () => sign(symmetric, {}, { exp: undefined })],
  ['an expiry that is text', () => byHand({ alg: 'HS256', typ: 'JWT' }, { ...good, exp: '9999999999' }, sharedSecret)],
  ['an expiry in the past', () => sign(symmetric, {}, { exp: start / 1000 - 6 })],
  ['a beginning in the future', () => sign(symmetric, {}, { nbf: start / 1000 + 60 })],
  ['no user', () => sign(symmetric, {}, { sub: undefined })],
  ['a user id that is none', () => sign(symmetric, {}, { sub: "1' or '1'='1" })],
  [
    'a changed claim',
    async () =>
      (await sign()).replace(/\.[^.]+\./, `.${Buffer.from(JSON.stringify({ ...good, sub: randomUUID() })).toString('base64url')}.`),
  ],
  ['a megabyte', () => `${'e'.repeat(1_000_000)}.e.e`],
  ['a megabyte that is signed', () => sign(symmetric, {}, { more: 'x'.repeat(1_000_000) })],
])('refuses %s, with the same words', async (_, token) => {
  await expect(verifier().verify(await token())).rejects.toMatchObject(refused);
});

it('checks the issuer when one is set', async () => {
  const issuer = 'https://project.supabase.co/auth/v1';
  await expect(verifier({ issuer }).verify(await sign())).rejects.toMatchObject(refused);
  expect(await verifier({ issuer }).verify(await sign(symmetric, {}, { iss: issuer }))).toMatchObject({ userId });
});

it('refuses everyone when nothing is configured, and each kind of key that is not', async () => {
  const ec = await sign(es256.privateKey, { alg: 'ES256', kid: 'ec-1' });
  await expect(verifier({ secret: null, jwksUrl: null }).verify(await sign())).rejects.toMatchObject(refused);
  await expect(verifier({ secret: null }).verify(await sign())).rejects.toMatchObject(refused);
  await expect(verifier({ jwksUrl: null }).verify(ec)).rejects.toMatchObject(refused);
  expect(keyServer.asked).toBe(0);
});

it('asks the key server once for many, and at most once in 30 seconds for keys that it does not know', async () => {
  const users = verifier();
  const known = await sign(es256.privateKey, { alg: 'ES256', kid: 'ec-1' });
  await Promise.all(Array.from({ length: 20 }, () => users.verify(known)));
  expect(keyServer.asked).toBe(1);
  const flood = await Promise.all(Array.from({ length: 50 }, (_, i) => sign(stranger.privateKey, { alg: 'ES256', kid: `new-${i}` })));
  await Promise.allSettled(flood.map((token) => users.verify(token)));
  expect(keyServer.asked).toBe(1);
  elapsed = 30_000;
  for (const token of flood) await expect(users.verify(token)).rejects.toMatchObject(refused);
  expect(keyServer.asked).toBe(2);
});

it('learns a new key when a token names it', async () => {
  const users = verifier();
  await users.verify(await sign(es256.privateKey, { alg: 'ES256', kid: 'ec-1' }));
  const next = await generateKeyPair('ES256', { extractable: true });
  keyServer.body = JSON.stringify({ keys: [{ ...(await exportJWK(next.publicKey)), kid: 'ec-2' }] });
  elapsed = 30_000;
  expect(await users.verify(await sign(next.privateKey, { alg: 'ES256', kid: 'ec-2' }))).toMatchObject({ userId });
});

it.each([
  ['is down', { status: 503, body: 'upstream connect error' }],
  ['answers HTML', { status: 200, body: '<html>' }],
  ['answers no key set', { status: 200, body: '{"keys":3}' }],
  ['answers too much', { status: 200, body: ' '.repeat(300_000) }],
  ['sends elsewhere', { status: 302, body: '' }],
])('keeps the keys that it knows when the key server %s, and asks again later', async (_, answer) => {
  const users = verifier();
  const token = await sign(es256.privateKey, { alg: 'ES256', kid: 'ec-1' }, { exp: start / 1000 + 86_400 });
  await users.verify(token);
  Object.assign(keyServer, answer);
  elapsed = 700_000;
  for (let i = 0; i < 5; i += 1) expect(await users.verify(token)).toMatchObject({ userId });
  expect(keyServer.asked).toBe(2);
  elapsed = 731_000;
  await users.verify(token);
  expect(keyServer.asked).toBe(3);
});

it('never takes a symmetric key from the key server', async () => {
  keyServer.body = JSON.stringify({ keys: [{ kty: 'oct', k: Buffer.from(sharedSecret).toString('base64url'), kid: 'oct-1' }] });
  await expect(verifier({ secret: null }).verify(await sign(symmetric, { kid: 'oct-1' }))).rejects.toMatchObject(refused);
});
