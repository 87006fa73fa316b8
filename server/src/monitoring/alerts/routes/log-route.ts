import type { Logger } from '../../../logging/logger.js';
import type { MessageWriter } from '../message/message-writer.js';
import type { AlertRoute } from './route.js';

/** The log of the process that sends. It is always there, so that there is always one way out. */
export function logRoute(log: Logger, writer: MessageWriter): AlertRoute {
  return {
    name: 'log',
    minSeverity: 'info',
    target: 'the log',
    send({ id, kind, content }) {
      const { subject } = writer.write({ kind, content });
      const alerts = content.alerts.map(({ change, rule, subject: about, severity, value }) => ({ change, rule, about, severity, value }));
      const bad = content.alerts.some(({ change, severity }) => change !== 'resolved' && severity === 'page');
      if (bad) log.error({ notice: id, alerts }, `NotificationAlert: ${subject}`);
      else log.warn({ notice: id, alerts }, `NotificationAlert: ${subject}`);
      return Promise.resolve({ ok: true, answer: 'written to the log' });
    },
  };
}
