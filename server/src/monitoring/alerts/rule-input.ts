import { z } from 'zod';
import { type FigureDefinition, type FigureName, figureDefinitions } from '../figures.js';
import { type AlertRule, comparisons, noDataPolicies } from './alert-types.js';
import { severities } from './severity.js';

const oneLine = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((text) => !/\p{Cc}|\p{Cs}|\p{Zl}|\p{Zp}/u.test(text), 'must be one line of text');

const number = z.number('must be a number');

/** Everything of a rule but its name. Meanings: push.alert_rules. */
const fields = z.strictObject({
  figure: z
    .string()
    .refine((name) => figureNamed(name) !== undefined, 'must be a figure of docs/metrics.md')
    .transform((name) => name as FigureName),
  comparison: z.enum(comparisons),
  threshold: number,
  clearThreshold: number,
  forSeconds: z.int('must be a whole number of seconds').min(0).max(86_400),
  severity: z.enum(severities),
  enabled: z.boolean(),
  noData: z.enum(noDataPolicies),
  runbook: z.string().regex(/^[a-z0-9-]{1,60}\.md(#[a-z0-9-]{1,80})?$/, 'must be a page of the manual, as in alerts.md#queue-backlog'),
  command: oneLine(200),
  summaryEn: oneLine(200),
  summaryJa: oneLine(200),
});

export const ruleNameSchema = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be small letters and digits, with hyphens between');

/** What is left out stays as it is. Whether the whole makes sense is judged by `ruleSchema`. */
export const ruleChangesSchema = fields.partial();
export type RuleChanges = z.output<typeof ruleChangesSchema>;

/** A whole rule without its name: fields that contradict one another are refused under the name of the one to correct. */
export const ruleSchema = fields.superRefine((rule, context) => {
  const refuse = (path: 'threshold' | 'clearThreshold', message: string): void => {
    context.addIssue({ code: 'custom', path: [path], message });
  };
  const definition = figureNamed(rule.figure);
  const above = rule.comparison === 'above';
  if (definition !== undefined) {
    const [least, most] = rangeOf(definition.unit);
    if (rule.threshold < least || rule.threshold > most) refuse('threshold', `must be from ${least} to ${most}`);
    else if (rule.threshold === (above ? most : least)) refuse('threshold', 'can never be passed: no value lies beyond it');
    if (rule.clearThreshold < least || rule.clearThreshold > most) refuse('clearThreshold', `must be from ${least} to ${most}`);
  }
  if (above && rule.clearThreshold > rule.threshold) refuse('clearThreshold', 'must be at most the threshold, which is above it');
  if (!above && rule.clearThreshold < rule.threshold) refuse('clearThreshold', 'must be at least the threshold, which is below it');
});

/** A new rule: what can be left out has a default. */
export const newRuleSchema = z.strictObject({
  ...fields.shape,
  clearThreshold: fields.shape.clearThreshold.optional(),
  forSeconds: fields.shape.forSeconds.default(60),
  severity: fields.shape.severity.default('warn'),
  enabled: fields.shape.enabled.default(true),
  noData: fields.shape.noData.default('keep'),
  runbook: fields.shape.runbook.default('alerts.md'),
  command: fields.shape.command.default('todoku status'),
  summaryEn: fields.shape.summaryEn.optional(),
  summaryJa: fields.shape.summaryJa.optional(),
});
export type NewRule = z.output<typeof newRuleSchema>;

/** With the figure's own words where none were given. */
export function completeRule({ clearThreshold, summaryEn, summaryJa, ...rule }: NewRule): Omit<AlertRule, 'name'> {
  const summary = figureNamed(rule.figure)?.summary;
  return {
    ...rule,
    clearThreshold: clearThreshold ?? rule.threshold,
    summaryEn: summaryEn ?? summary?.en ?? rule.figure,
    summaryJa: summaryJa ?? summary?.ja ?? rule.figure,
  };
}

export function figureNamed(name: string): FigureDefinition | undefined {
  return figureDefinitions.find((definition) => definition.name === name);
}

function rangeOf(unit: FigureDefinition['unit']): readonly [number, number] {
  return unit === 'share' || unit === 'flag' ? [0, 1] : [0, 1e12];
}
