import { createHmac } from 'node:crypto';

const prefix = 'whsec_';
const fewestBytes = 24;
const mostBytes = 64;

/** The key in a secret as in whsec_<base64 of 24 to 64 bytes>; null: it is none. */
export function webhookKey(secret: string): Buffer | null {
  const text = secret.startsWith(prefix) ? secret.slice(prefix.length) : secret;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  const key = Buffer.from(text, 'base64');
  return key.length >= fewestBytes && key.length <= mostBytes && key.toString('base64') === text ? key : null;
}

/** Headers of the Standard Webhooks: HMAC-SHA256 over `<id>.<seconds>.<body>`. */
export function signWebhook(key: Buffer, { id, at, body }: { readonly id: string; readonly at: Date; readonly body: string }) {
  const seconds = String(Math.floor(at.getTime() / 1_000));
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${signature}` };
}
