import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type Clock, systemClock } from '../../src/clock/clock.js';
import { admit } from '../../src/http/authenticate.js';
import { registerExpoIngest } from '../../src/http/expo-ingest/register-expo-ingest.js';
import { decompressBody, parseBody } from '../../src/http/read-body.js';
import { silentLogger } from '../../src/logging/logger.js';
import { NotificationIntake } from '../../src/notifications/notification-intake.js';
import { NotificationService } from '../../src/notifications/notification-service.js';
import { ControlsCache } from '../../src/operations/controls-cache.js';
import { isExpoToken } from '../../src/providers/expo/is-expo-token.js';
import type { Scope } from '../../src/security/api-key-store.js';
import { ApiKeys } from '../../src/security/api-keys.js';
import { PushTokenManager } from '../../src/tokens/push-token-manager.js';
import type { Spine } from './spine.js';

/** The Expo-compatible calls on a port of their own, before a spine's database. */
export interface ExpoDoor {
  readonly url: string;
  readonly tokens: PushTokenManager;
  key(...scopes: Scope[]): Promise<string>;
  close(): Promise<void>;
}

export async function openExpoDoor(spine: Spine, clock: Clock = systemClock): Promise<ExpoDoor> {
  const { database, keyring } = spine;
  const log = silentLogger;
  const apiKeys = new ApiKeys({ database, clock, log });
  const userTokens = { verify: () => Promise.reject(new Error('no user tokens here')) };
  const controls = new ControlsCache(database, () => clock.monotonic(), 0);
  const notificationService = new NotificationService({ intake: new NotificationIntake(database), controls, pushEnabled: true, clock });
  const pushTokenManager = new PushTokenManager({ database, keyring, providers: [{ name: 'expo', isToken: isExpoToken }], log });
  const app = guardedApp({ apiKeys, userTokens });
  await registerExpoIngest(app, { database, clock, log, notificationService, pushTokenManager });
  return {
    url: await app.listen({ host: '127.0.0.1', port: 0 }),
    tokens: pushTokenManager,
    key: async (...scopes) => (await apiKeys.create({ name: scopes.join(), scopes }, { actor: 'test' })).text,
    close: () => app.close(),
  };
}

function guardedApp(keepers: Parameters<typeof admit>[2]): FastifyInstance {
  const app = fastify();
  app.decorateRequest('caller');
  app.addHook('onRequest', async (request) => {
    request.caller = await admit(request, request.routeOptions.config.access ?? [], keepers);
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request: FastifyRequest, received: Buffer) =>
    parseBody(await decompressBody(request.headers['content-encoding'], received, request.routeOptions.bodyLimit)),
  );
  return app;
}
