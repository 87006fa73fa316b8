import { describe, expect, it } from 'vitest';
import { signWebhook, webhookKey } from './sign-webhook.js';

describe('the signature', () => {
  it("is the Standard Webhooks' own example", () => {
    const key = webhookKey('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    if (key === null) throw new Error('no key');
    const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: new Date(1_614_265_330_000), body: '{"test": 2432232314}' };
    expect(signWebhook(key, message)).toEqual({
      'webhook-id': message.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it.each([
    [
      '',
      'whsec_',
      'whsec_short',
      `whsec_${'A'.repeat(31)}`,
      `whsec_${Buffer.alloc(65).toString('base64')}`,
      'whsec_ not base64 at all ……………',
    ],
  ])('needs a key of 24 to 64 bytes', (...secrets) => {
    expect(secrets.map(webhookKey)).toEqual(secrets.map(() => null));
  });
});
