import type { Logger } from '../../../logging/logger.js';
import type { PerformanceReport } from '../../reports/report-types.js';
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
      if (content.report !== undefined) {
        log.info({ notice: id, ...inBrief(content.report) }, `NotificationReport: ${subject}`);
        return Promise.resolve({ ok: true, answer: 'written to the log' });
      }
      const alerts = content.alerts.map(({ change, rule, subject: about, severity, value }) => ({ change, rule, about, severity, value }));
      const bad = content.alerts.some(({ change, severity }) => change !== 'resolved' && severity === 'page');
      if (bad) log.error({ notice: id, alerts }, `NotificationAlert: ${subject}`);
      else log.warn({ notice: id, alerts }, `NotificationAlert: ${subject}`);
      return Promise.resolve({ ok: true, answer: 'written to the log' });
    },
  };
}

/** What a log line holds of a report; `todoku report` tells the rest. */
function inBrief({ period, lastDay, verdict, figures }: PerformanceReport): object {
  return { period, lastDay, verdict, figures: Object.fromEntries(figures.map(({ name, value }) => [name, value])) };
}
