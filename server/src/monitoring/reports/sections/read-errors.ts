import type { Queryable } from '../../../database/database.js';
import { NotificationErrorHandler } from '../../errors/notification-error-handler.js';
import type { ReportDays } from '../report-period.js';
import type { ErrorOfType, ReportErrors } from '../report-types.js';

const mostTypes = 20;

/** What went wrong, as `todoku errors` tells it, beside the period before. */
export async function readErrors(database: Queryable, { span, before }: ReportDays): Promise<ReportErrors> {
  const handler = new NotificationErrorHandler(database);
  const now = await handler.getErrorStats({ since: span.from, until: span.to });
  const earlier = await handler.getErrorStats({ since: before.from, until: before.to });
  const codes = new Map<string, ErrorOfType>();
  for (const { code, count, lastSeen, advice } of now.errors) {
    const known = codes.get(code);
    const seen = [lastSeen.toISOString(), known?.lastSeen ?? ''].sort().at(-1) ?? '';
    const total = (known?.count ?? 0) + count;
    codes.set(code, { code, count: total, before: earlier.errorsByType[code] ?? 0, share: total / now.total, lastSeen: seen, advice });
  }
  const byType = [...codes.values()].sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
  return { total: now.total, before: earlier.total, byType: byType.slice(0, mostTypes), more: Math.max(0, byType.length - mostTypes) };
}
