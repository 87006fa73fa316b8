import type { PerformanceReport } from '../report-types.js';
import type { ReportFormat } from './report-format.js';

/** How the number of notifications moves, in a sentence. */
export function trendLine({ capacity: { weeks, growthPerWeek } }: PerformanceReport, format: ReportFormat): string {
  const { words } = format;
  if (growthPerWeek === null) return words.fewWeeks;
  const mean = weeks.reduce((sum, { accepted }) => sum + accepted, 0) / weeks.length;
  const share = format.share(mean === 0 ? null : Math.abs(growthPerWeek) / mean);
  return growthPerWeek >= 0
    ? words.growth(format.number(Math.round(growthPerWeek)), share)
    : words.decline(format.number(Math.round(-growthPerWeek)), share);
}

export function storageLines({ capacity: { storage } }: PerformanceReport, format: ReportFormat): string[] {
  const { words } = format;
  const { databaseBytes, notificationsBytes, bytesPerDay, limitBytes, forecast } = storage;
  return [
    words.storage(format.bytes(databaseBytes), format.bytes(notificationsBytes)),
    bytesPerDay === null ? words.storageUnknown : words.storageGrowth(format.bytes(bytesPerDay)),
    ...(limitBytes === null
      ? [words.noStorageLimit]
      : [words.storageLimit(format.bytes(limitBytes)), words.storageReached(format.forecast(forecast))]),
  ];
}

export function ledgerLines({ ledger }: PerformanceReport, format: ReportFormat): string[] {
  const { words } = format;
  const { unaccounted, proofs, proofUnaccounted, untaken } = ledger;
  return [
    unaccounted === 0 ? words.ledgerGood : words.ledgerBad(format.number(unaccounted)),
    proofs === 0 ? words.noProofs : words.proofs(format.number(proofs), format.number(proofUnaccounted ?? 0)),
    ...(untaken === null || untaken === 0 ? [] : [words.untaken(format.number(untaken))]),
  ];
}
