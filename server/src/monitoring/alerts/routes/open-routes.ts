import type { Clock } from '../../../clock/clock.js';
import type { Config } from '../../../config/config.js';
import type { Logger } from '../../../logging/logger.js';
import { MessageWriter } from '../message/message-writer.js';
import { emailRoute } from './email-route.js';
import { logRoute } from './log-route.js';
import type { AlertRoute } from './route.js';
import { webhookKey } from './sign-webhook.js';
import { slackRoute } from './slack-route.js';
import { webhookRoute } from './webhook-route.js';

/** The ways out that the environment of this process names; the log is always one. */
export function openRoutes(
  { alerts }: Pick<Config, 'alerts'>,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): AlertRoute[] {
  const writer = new MessageWriter(alerts.language, alerts.publicUrl);
  const routes = [logRoute(log, writer)];
  const { webhook, slack, email } = alerts;
  const key = webhook === null ? null : webhookKey(webhook.secret.reveal());
  if (webhook !== null && key !== null) {
    routes.push(webhookRoute({ url: webhook.url.reveal(), key, minSeverity: webhook.minSeverity, writer, clock }));
  }
  if (slack !== null) routes.push(slackRoute({ url: slack.url.reveal(), minSeverity: slack.minSeverity, writer, clock }));
  if (email !== null) routes.push(emailRoute({ ...email, url: email.url.reveal(), writer }));
  return routes;
}
