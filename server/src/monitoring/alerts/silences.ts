import type { Database, Queryable } from '../../database/database.js';
import { TodokuError } from '../../errors/todoku-error.js';
import { recordAct } from '../../security/audit.js';
import type { By, Silence } from './alert-types.js';

/** A silence that is meant for ever is a rule that should be switched off. */
const longestSilenceMs = 30 * 86_400_000;

export interface NewSilence {
  /** Absent: every rule. */
  readonly rule?: string;
  /** Absent: every subject; '' is the whole system. */
  readonly subject?: string;
  readonly until: Date;
}

const columns = /* sql */ `id, rule, subject, starts_at as "startsAt", until, created_by as "createdBy", reason`;

/** Those in force, the next to end first. */
export async function readSilences(database: Queryable): Promise<Silence[]> {
  return await database.query<Silence>(/* sql */ `
select ${columns} from push.alert_silences where ended_at is null and until > clock_timestamp() order by until, id`);
}

/** What it covers goes on being evaluated and shown, and nobody is told that it fires until the silence ends. */
export async function addSilence(database: Database, { rule, subject, until }: NewSilence, by: By): Promise<Silence> {
  return await database.transaction(async (tx) => {
    if (rule !== undefined) await refuseUnknownRule(tx, rule);
    const [made] = await tx.query<Silence & { over: boolean }>(
      /* sql */ `
insert into push.alert_silences (rule, subject, until, created_by, reason)
select $1, $2, $3, $4, $5 where $3 > clock_timestamp() and $3 <= clock_timestamp() + make_interval(secs => $6) returning ${columns}`,
      [rule ?? null, subject ?? null, until, by.actor, by.reason, longestSilenceMs / 1_000],
    );
    if (made === undefined) {
      throw new TodokuError('INVALID_INPUT', { message: 'until: must be within 30 days from now', path: 'until' });
    }
    const target = `alert_silence:${made.id}`;
    await recordAct(tx, {
      ...by,
      action: 'alerts.silence',
      target,
      details: { rule: made.rule, subject: made.subject, until: made.until },
    });
    return made;
  });
}

/** Returns false when it had ended before. */
export async function endSilence(database: Database, id: number, by: By): Promise<boolean> {
  return await database.transaction(async (tx) => {
    const [silence] = await tx.query<{ over: boolean }>(
      /* sql */ `select ended_at is not null or until <= clock_timestamp() as over from push.alert_silences where id = $1 for update`,
      [id],
    );
    if (silence === undefined) throw new TodokuError('NOT_FOUND', { message: `There is no silence ${id}.` });
    if (silence.over) return false;
    await tx.query(/* sql */ 'update push.alert_silences set ended_at = clock_timestamp(), ended_by = $2 where id = $1', [id, by.actor]);
    await recordAct(tx, { ...by, action: 'alerts.unsilence', target: `alert_silence:${id}` });
    return true;
  });
}

/** The silence that covers an alert for the longest; undefined: none does. */
export function silenceOf(silences: readonly Silence[], { rule, subject }: { readonly rule: string; readonly subject: string }) {
  return silences.findLast((one) => (one.rule === null || one.rule === rule) && (one.subject === null || one.subject === subject));
}

async function refuseUnknownRule(tx: Queryable, rule: string): Promise<void> {
  const found = await tx.query(/* sql */ 'select from push.alert_rules where name = $1', [rule]);
  if (found.length === 0) throw new TodokuError('INVALID_INPUT', { message: `rule: there is no alert rule ${rule}`, path: 'rule' });
}
