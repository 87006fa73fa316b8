import { inspect } from 'node:util';
import type { NotificationMonitoringManager } from '../../monitoring/notification-monitoring-manager.js';
import { reportText } from '../../monitoring/reports/render/report-text.js';
import { reportWords } from '../../monitoring/reports/words/report-words.js';
import type { Language } from '../language.js';

/** At the prompt `console.log(report)` is to tell an operator something: a report shows as its text. Its fields are there all the same. */
export function withReadableReports(manager: NotificationMonitoringManager, language: Language): NotificationMonitoringManager {
  const generate = manager.generatePerformanceReport.bind(manager);
  manager.generatePerformanceReport = async (period, question) => {
    const report = await generate(period, question);
    const show = (): string => reportText(report, reportWords(language));
    return Object.defineProperty(report, inspect.custom, { value: show, enumerable: false });
  };
  return manager;
}
