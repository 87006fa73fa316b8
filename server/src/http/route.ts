import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Scope } from '../security/api-key-store.js';
import type { Caller } from './caller.js';

/** Who may call: a signed-in user, an API key with this scope (admin has all of them), or a process on this machine without a proxy. */
export type Grant = 'user' | 'loopback' | Scope;

/** Anybody, or whoever has one of the grants. A route that says nothing keeps the server from starting. */
export type Access = 'public' | readonly Grant[];

/** What a handler is given: checked values, the caller, and the raw request for what is rare. */
interface Call<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly caller: Caller;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** One route: who may call it, what it takes, what it answers, and a short handler. Schemas refuse what they do not name. */
export interface RouteSpec<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With parameters as in `/v1/things/:id`. */
  readonly url: string;
  readonly access: Access;
  /** For the API's documentation: one line, and what there is more to say. */
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** The body is documented by its schema and checked by the handler, which answers for each item. */
  readonly checksBodyItself?: boolean;
  /** Bytes; 1 MiB when absent. */
  readonly bodyLimit?: number;
  /** By status. Documentation: handlers are held to it by the tests, not at run time. */
  readonly answers: Readonly<Record<number, z.ZodType>>;
  /** What every other answer looks like; the API's own errors when absent. Documentation, too. */
  readonly errors?: z.ZodType;
  /** What it returns is answered as JSON with the first status of `answers`, unless the reply says otherwise. */
  readonly handle: (call: Call<z.output<Params>, z.output<Query>, z.output<Body>>) => Promise<unknown>;
}

export interface Route extends Omit<RouteSpec<z.ZodType, z.ZodType, z.ZodType>, 'handle'> {
  readonly handle: (call: Call<unknown, unknown, unknown>) => Promise<unknown>;
}

/** The handler's types follow from the schemas; whoever registers the route has to check the values by these schemas first. */
export function route<
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
>(spec: RouteSpec<Params, Query, Body>): Route {
  const { handle, ...rest } = spec;
  return { ...rest, handle: (call) => handle(call as Call<z.output<Params>, z.output<Query>, z.output<Body>>) };
}
