import type { Clock } from '../../../clock/clock.js';
import type { MessageWriter } from '../message/message-writer.js';
import type { Notice } from '../notice-types.js';
import type { Severity } from '../severity.js';
import { boundedRequest } from './bounded-request.js';
import type { AlertRoute } from './route.js';
import { signWebhook } from './sign-webhook.js';

interface WebhookParts {
  readonly url: string;
  readonly key: Buffer;
  readonly minSeverity: Severity;
  readonly writer: MessageWriter;
  readonly clock: Clock;
}

/** JSON with every alert as it is kept, signed as the Standard Webhooks say. The timestamp and signature are of the attempt, the id of the message. */
export function webhookRoute({ url, key, minSeverity, writer, clock }: WebhookParts): AlertRoute {
  return {
    name: 'webhook',
    minSeverity,
    target: new URL(url).host,
    send(notice) {
      const body = webhookBody(notice, writer);
      const headers = { 'content-type': 'application/json', ...signWebhook(key, { id: notice.id, at: clock.now(), body }) };
      return boundedRequest(url, { method: 'POST', headers, body, clock });
    },
  };
}

/** `type`, `timestamp`, `data`: the form that the Standard Webhooks recommend. */
export function webhookBody(notice: Notice, writer: MessageWriter): string {
  const { subject, text } = writer.write(notice);
  const { report } = notice.content;
  if (report !== undefined) {
    const timestamp = notice.createdAt.toISOString();
    return JSON.stringify({ type: 'report.made', timestamp, data: { title: subject, text: writer.writeReport(report).text, report } });
  }
  return JSON.stringify({
    type: notice.kind === 'test' ? 'alerts.test' : 'alerts.changed',
    timestamp: notice.createdAt.toISOString(),
    data: {
      title: subject,
      text,
      alerts: notice.content.alerts.map(({ runbook, ...alert }) => ({ ...alert, runbook: writer.runbookLink(runbook) })),
    },
  });
}
