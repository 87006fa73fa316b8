import type { ActiveAlert } from '../alerts/alert-types.js';
import { formatValue } from '../alerts/message/format-value.js';
import { englishWords, japaneseWords, type MessageWords } from '../alerts/message/message-words.js';
import { type FigureDefinition, type FigureName, figureDefinitions, meetsTarget, type Reading } from '../figures.js';
import type { Figures } from '../read-figures.js';

/** Something that is not as it ought to be. */
interface HealthIssue {
  readonly figure: FigureName;
  /** '' is the whole system. */
  readonly subject: string;
  readonly severity: 'critical' | 'warning';
  readonly value: number;
  readonly target: FigureDefinition['target'];
  readonly message: { readonly en: string; readonly ja: string };
}

interface FigureCheck {
  readonly status: 'ok' | 'problem' | 'no_data';
  readonly unit: FigureDefinition['unit'];
  readonly target: FigureDefinition['target'];
  /** Of the whole system, or the worst of its subjects; null: no data. */
  readonly value: number | null;
}

export interface SystemHealth {
  /** unhealthy: pushes do not go out or are lost; degraded: a target is missed. */
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  readonly at: Date;
  readonly issues: readonly HealthIssue[];
  readonly checks: Readonly<Record<FigureName, FigureCheck>>;
  /** Firing and not silenced. */
  readonly activeAlerts: number;
}

/** With one of these off its target, mothers do not get what was meant for them. */
const critical: ReadonlySet<FigureName> = new Set([
  'delivery_success_rate',
  'oldest_item_age_ms',
  'outbox_oldest_age_ms',
  'receipts_expiring',
  'ledger_unaccounted',
  'workers_alive',
  'breakers_open',
  'emergency',
]);

export function judgeHealth({ at, figures }: Figures, alerts: readonly ActiveAlert[]): SystemHealth {
  const issues: HealthIssue[] = [];
  const checks = {} as Record<FigureName, FigureCheck>;
  for (const definition of figureDefinitions) {
    const readings = figures.get(definition.name) ?? [];
    issues.push(...readings.flatMap((reading) => issueOf(definition, reading)));
    checks[definition.name] = checkOf(definition, readings);
  }
  issues.sort((a, b) => Number(b.severity === 'critical') - Number(a.severity === 'critical'));
  const firing = alerts.filter(({ state, silencedUntil }) => state === 'firing' && silencedUntil === null);
  const isUnhealthy = issues.some(({ severity }) => severity === 'critical') || firing.some(({ severity }) => severity === 'page');
  const status = isUnhealthy ? 'unhealthy' : issues.length > 0 || firing.length > 0 ? 'degraded' : 'healthy';
  return { status, at, issues, checks, activeAlerts: firing.length };
}

function issueOf(definition: FigureDefinition, { subject, value }: Reading): HealthIssue[] {
  if (value === null || meetsTarget(definition, value)) return [];
  const { name, target, summary } = definition;
  const of = subject === '' ? '' : ` (${subject})`;
  const says = (text: string, words: MessageWords): string => `${text}${of}: ${formatValue(value, definition.unit, words)}`;
  return [
    {
      figure: name,
      subject,
      severity: critical.has(name) ? 'critical' : 'warning',
      value,
      target,
      message: { en: says(summary.en, englishWords), ja: says(summary.ja, japaneseWords) },
    },
  ];
}

function checkOf(definition: FigureDefinition, readings: readonly Reading[]): FigureCheck {
  const { unit, target } = definition;
  const values = readings.flatMap(({ value }) => (value === null ? [] : [value]));
  const worst = target !== null && 'atLeast' in target ? Math.min(...values) : Math.max(...values);
  if (values.length === 0) return { status: 'no_data', unit, target, value: null };
  return { status: meetsTarget(definition, worst) ? 'ok' : 'problem', unit, target, value: worst };
}
