import type { Database, Queryable } from '../../database/database.js';
import { parseInput } from '../../errors/parse-input.js';
import { TodokuError } from '../../errors/todoku-error.js';
import { recordAct } from '../../security/audit.js';
import type { AlertRule, By } from './alert-types.js';
import { completeRule, type NewRule, type RuleChanges, ruleSchema } from './rule-input.js';

/** A rule as it is kept. */
export interface StoredRule extends AlertRule {
  /** It came with the system: it can be changed and switched off, not removed. */
  readonly shipped: boolean;
  readonly updatedAt: Date;
}

const columns = /* sql */ `
name, figure, comparison, threshold, clear_threshold as "clearThreshold", for_seconds as "forSeconds", severity, enabled, no_data as "noData",
runbook, command, summary_en as "summaryEn", summary_ja as "summaryJa", shipped, updated_at as "updatedAt"`;

/** Every rule, the weightiest first. */
export async function readRules(database: Queryable): Promise<StoredRule[]> {
  return await database.query<StoredRule>(/* sql */ `
select ${columns} from push.alert_rules order by array_position(array['page', 'warn', 'info'], severity), name`);
}

async function lockRule(tx: Queryable, name: string): Promise<StoredRule> {
  const [rule] = await tx.query<StoredRule>(/* sql */ `select ${columns} from push.alert_rules where name = $1 for update`, [name]);
  if (rule === undefined) throw new TodokuError('NOT_FOUND', { message: `There is no alert rule ${name}.` });
  return rule;
}

/** Changes the rules; each change says why, is audited, and is in force at the next evaluation. */
export class RuleBook {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  list(): Promise<StoredRule[]> {
    return readRules(this.#database);
  }

  /** Fields that are left out stay. A threshold that moves takes the clear threshold along when the two were one and nothing is said of it. */
  async change(name: string, changes: RuleChanges, by: By): Promise<StoredRule> {
    return await this.#database.transaction(async (tx) => {
      const { name: _, shipped, updatedAt, ...before } = await lockRule(tx, name);
      const joined = before.threshold === before.clearThreshold && changes.threshold !== undefined;
      const after = parseInput(ruleSchema, { ...before, ...(joined ? { clearThreshold: changes.threshold } : {}), ...changes });
      const [stored] = await tx.query<StoredRule>(
        /* sql */ `
update push.alert_rules set figure = $2, comparison = $3, threshold = $4, clear_threshold = $5, for_seconds = $6, severity = $7, enabled = $8,
  no_data = $9, runbook = $10, command = $11, summary_en = $12, summary_ja = $13, updated_at = clock_timestamp()
where name = $1 returning ${columns}`,
        valuesOf({ name, ...after }),
      );
      await recordAct(tx, { ...by, action: 'alerts.rule_change', target: `alert_rule:${name}`, details: { before, after: changes } });
      return stored ?? { name, ...after, shipped, updatedAt };
    });
  }

  async create(name: string, input: NewRule, by: By): Promise<StoredRule> {
    const rule = parseInput(ruleSchema, completeRule(input));
    return await this.#database.transaction(async (tx) => {
      const [stored] = await tx.query<StoredRule>(
        /* sql */ `
insert into push.alert_rules (name, figure, comparison, threshold, clear_threshold, for_seconds, severity, enabled, no_data, runbook, command,
  summary_en, summary_ja)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict (name) do nothing returning ${columns}`,
        valuesOf({ name, ...rule }),
      );
      if (stored === undefined) throw new TodokuError('CONFLICT', { message: `There is an alert rule ${name} already.` });
      await recordAct(tx, { ...by, action: 'alerts.rule_create', target: `alert_rule:${name}`, details: { after: rule } });
      return stored;
    });
  }

  /** With its alerts, which end; what it has told stays in the history. */
  async remove(name: string, by: By): Promise<void> {
    await this.#database.transaction(async (tx) => {
      const { shipped, ...before } = await lockRule(tx, name);
      if (shipped) throw new TodokuError('CONFLICT', { message: `The rule ${name} came with the system: switch it off instead.` });
      await tx.query(
        /* sql */ `update push.alert_episodes set resolved_at = clock_timestamp(), resolved_why = 'removed' where rule = $1 and resolved_at is null`,
        [name],
      );
      await tx.query(/* sql */ 'delete from push.alert_rules where name = $1', [name]);
      await recordAct(tx, { ...by, action: 'alerts.rule_remove', target: `alert_rule:${name}`, details: { before } });
    });
  }
}

function valuesOf(rule: AlertRule): unknown[] {
  return [
    ...[rule.name, rule.figure, rule.comparison, rule.threshold, rule.clearThreshold, rule.forSeconds, rule.severity],
    ...[rule.enabled, rule.noData, rule.runbook, rule.command, rule.summaryEn, rule.summaryJa],
  ];
}
