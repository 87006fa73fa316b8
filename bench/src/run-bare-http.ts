import { gzipSync } from 'node:zlib';
import { createBodyBuilder } from '@todoku/server/providers/expo/request-body.js';
import { Pool } from 'undici';
import { obey } from './processes/obey.js';
import { message, secondsToLive, tokenOf } from './setup/messages.js';

/** The wire alone: requests whose bodies were made and compressed beforehand, and whose answers are only counted. */
const perRequest = 100;
const connections = 12;
const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip', accept: 'application/json' };

const buildBody = createBodyBuilder();
let bodies: Buffer[] = [];

function prepare(count: number): void {
  bodies = [];
  for (let from = 0; from < count; from += perRequest) {
    const messages = Array.from({ length: Math.min(perRequest, count - from) }, (_, i) => ({
      deliveryId: String(from + i),
      token: tokenOf(from + i),
      platform: 'ios' as const,
      title: message.title,
      message: message.body,
      dataJson: JSON.stringify({ screen: message.screen, n: from + i }),
      pushJson: null,
      collapseKey: null,
      ttlSeconds: secondsToLive,
    }));
    bodies.push(gzipSync(buildBody(messages), { level: 1 }));
  }
}

async function send(url: string): Promise<void> {
  const pool = new Pool(url, { connections, pipelining: 1 });
  let next = 0;
  const loop = async (): Promise<void> => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      const { statusCode, body: answer } = await pool.request({ path: '/--/api/v2/push/send', method: 'POST', headers, body });
      await answer.arrayBuffer();
      if (statusCode !== 200) throw new Error(`the simulator answered ${statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: connections }, loop));
  await pool.close();
}

obey({ prepare, send });
