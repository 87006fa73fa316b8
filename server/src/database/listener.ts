import { setTimeout as delay } from 'node:timers/promises';
import { Client, escapeIdentifier } from 'pg';
import { clientConfig, type DatabaseOptions } from './connection-options.js';
import type { Subscription } from './database.js';
import { connectionLost, connectionRefused, toDatabaseError } from './database-error.js';
import { takeTurns } from './take-turns.js';

interface Subscriber {
  readonly channel: string;
  readonly onNotify: (payload: string) => void;
  readonly onReconnect: () => void;
}

interface Connection {
  ask(sql: string): Promise<void>;
  end(): Promise<void>;
}

export interface Listener {
  listen(channel: string, onNotify: (payload: string) => void, onReconnect: () => void): Promise<Subscription>;
  close(): Promise<void>;
}

const firstPauseMs = 50;
const longestPauseMs = 5_000;
/** A listening connection says nothing by itself, so only a question shows that it is dead (half open). */
const heartbeatMs = 15_000;
const answerTimeoutMs = 5_000;

/**
 * One connection of its own for all channels. States: idle (no connection; nobody has listened yet) → connected → recovering (lost:
 * tries for ever with a growing pause, listens again to every channel, tells every subscriber to look for itself) → connected …;
 * `close` ends it from any state.
 */
export function createListener(options: DatabaseOptions): Listener {
  const { log } = options;
  const subscribers = new Set<Subscriber>();
  const inTurn = takeTurns();
  const stop = new AbortController();
  let connection: Connection | undefined;

  async function connected(): Promise<Connection> {
    connection ??= await openConnection(options, notify, lost);
    return connection;
  }

  function notify(channel: string, payload: string): void {
    for (const subscriber of subscribers) if (subscriber.channel === channel) subscriber.onNotify(payload);
  }

  function lost(error: Error): void {
    connection = undefined;
    if (stop.signal.aborted) return;
    log.warn({ err: toDatabaseError(error, connectionLost) }, 'listening connection lost');
    void inTurn(recover);
  }

  async function recover(): Promise<void> {
    for (let attempt = 0; connection === undefined && subscribers.size > 0 && !stop.signal.aborted; attempt += 1) {
      try {
        const fresh = await connected();
        for (const channel of new Set([...subscribers].map((subscriber) => subscriber.channel))) await fresh.ask(listenTo(channel));
        for (const subscriber of subscribers) subscriber.onReconnect();
      } catch (error) {
        log.warn({ err: error, attempt }, 'listening connection not back yet');
        await dropConnection();
        const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** attempt);
        await delay(pause / 2 + (Math.random() * pause) / 2, undefined, { signal: stop.signal }).catch(() => undefined);
      }
    }
  }

  async function dropConnection(): Promise<void> {
    const dropped = connection;
    connection = undefined;
    await dropped?.end();
  }

  async function unsubscribe(subscriber: Subscriber): Promise<void> {
    const { channel } = subscriber;
    if (!subscribers.delete(subscriber) || [...subscribers].some((other) => other.channel === channel)) return;
    // Not in turn: an outage must not hold up whoever leaves.
    await connection?.ask(`unlisten ${escapeIdentifier(channel)}`).catch(() => undefined);
  }

  return {
    listen: (channel, onNotify, onReconnect) =>
      inTurn(async () => {
        const subscriber = { channel, onNotify, onReconnect };
        subscribers.add(subscriber);
        try {
          await (await connected()).ask(listenTo(channel));
        } catch (error) {
          subscribers.delete(subscriber);
          throw error;
        }
        return { close: () => unsubscribe(subscriber) };
      }),
    async close() {
      stop.abort();
      subscribers.clear();
      await inTurn(dropConnection);
    },
  };
}

function listenTo(channel: string): string {
  return `listen ${escapeIdentifier(channel)}`;
}

async function openConnection(
  options: DatabaseOptions,
  notify: (channel: string, payload: string) => void,
  lost: (error: Error) => void,
): Promise<Connection> {
  const client = new Client({ ...clientConfig(options), query_timeout: answerTimeoutMs });
  const inTurn = takeTurns();
  let state: 'opening' | 'open' | 'ended' = 'opening';
  const ended = (error: Error): void => {
    clearInterval(heartbeat);
    if (state === 'open') lost(error);
    state = 'ended';
  };
  const connection: Connection = {
    ask: async (sql) => {
      await inTurn(() => client.query(sql)).catch((error: unknown) => {
        throw toDatabaseError(error, connectionLost);
      });
    },
    end: () => {
      state = 'ended';
      clearInterval(heartbeat);
      return client.end();
    },
  };
  const heartbeat = setInterval(() => {
    connection.ask('select 1').catch((error: Error) => {
      ended(error);
      void client.end();
    });
  }, heartbeatMs).unref();
  client.on('error', ended);
  client.on('end', () => ended(new Error('the connection was closed')));
  client.on('notification', ({ channel, payload }) => notify(channel, payload ?? ''));
  try {
    await client.connect();
  } catch (error) {
    void connection.end();
    throw toDatabaseError(error, connectionRefused);
  }
  state = 'open';
  return connection;
}
