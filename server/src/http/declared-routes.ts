import type { FastifyInstance, RouteOptions } from 'fastify';
import type { Access } from './route.js';

export interface DeclaredRoute {
  readonly method: string;
  readonly url: string;
  readonly access: Access;
}

/** Deny by default, at start: `ready` fails and names the routes that do not say who may call them, whoever registered them. */
export function refuseUndeclared(app: FastifyInstance): void {
  const registered: RouteOptions[] = [];
  const declared: DeclaredRoute[] = [];
  app.decorate('declaredRoutes', declared);
  app.addHook('onRoute', (options) => {
    registered.push(options);
  });
  // Only now: a plugin's scope may declare for the routes in it.
  app.addHook('onReady', (done) => {
    const undeclared: string[] = [];
    for (const { method, url, config } of registered) {
      for (const one of [method].flat()) {
        if (config?.access === undefined) undeclared.push(`${one} ${url}`);
        else declared.push({ method: one, url, access: config.access });
      }
    }
    done(undeclared.length > 0 ? new Error(`routes that do not declare their access: ${undeclared.join(', ')}`) : undefined);
  });
}
