import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import { obey } from './processes/obey.js';
import { message } from './setup/messages.js';

/** Calls the API as an app's back end does: one notification a request, some connections, the next request when the answer has come. */
export interface Drive {
  readonly url: string;
  readonly key: string;
  readonly requests: number;
  readonly connections: number;
  /** Whether each request has an Idempotency-Key of its own. */
  readonly keyed: boolean;
}

export interface Driven {
  readonly seconds: number;
  /** Of each request, from the call to the end of the answer. */
  readonly milliseconds: readonly number[];
  readonly cpuSeconds: number;
}

async function drive({ url, key, requests, connections, keyed }: Drive): Promise<Driven> {
  const pool = new Pool(url, { connections, pipelining: 1 });
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  // Made before: the driver's work is not what is measured.
  const bodies = Array.from({ length: requests }, (_, n) =>
    JSON.stringify({
      userId: randomUUID(),
      type: message.type,
      title: message.title,
      message: message.body,
      data: { screen: message.screen, n },
    }),
  );
  const keys = keyed ? bodies.map(() => randomUUID()) : [];
  const milliseconds: number[] = [];
  let next = 0;
  const loop = async (): Promise<void> => {
    for (let n = next++; n < requests; n = next++) {
      const idempotencyKey = keys[n];
      const start = performance.now();
      const answer = await pool.request({
        path: '/v1/notifications',
        method: 'POST',
        headers: idempotencyKey === undefined ? headers : { ...headers, 'idempotency-key': idempotencyKey },
        body: bodies[n] ?? '',
      });
      const text = await answer.body.text();
      milliseconds.push(performance.now() - start);
      if (answer.statusCode !== 202) throw new Error(`the API answered ${answer.statusCode}: ${text}`);
    }
  };
  const cpu = process.cpuUsage();
  const start = performance.now();
  await Promise.all(Array.from({ length: connections }, loop));
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await pool.close();
  return { seconds, milliseconds, cpuSeconds: (user + system) / 1e6 };
}

obey({ drive });
