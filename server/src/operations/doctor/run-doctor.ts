import type { Database, Queryable } from '../../database/database.js';
import { redact } from '../../logging/redact.js';
import { checks } from './checks.js';
import { type Check, type DoctorParts, type Finding, fail, ok, type Text, text, unknown, type Verdict } from './finding.js';

export interface DoctorFinding extends Finding {
  /** What was looked at. */
  readonly check: string;
  readonly title: Text;
}

export interface DoctorReport {
  readonly at: Date;
  /** The worst of the findings; what could not be looked at does not count. */
  readonly verdict: Exclude<Verdict, 'unknown'>;
  /** In the order in which it was looked. */
  readonly findings: readonly DoctorFinding[];
}

/** A check that takes longer is given up: the others have their turn. */
const DEADLINE_MS = 20_000;
const STATEMENT_MS = 10_000;

/**
 * Looks at everything that the system stands on and says what to do about what is wrong. Changes nothing: each statement runs in a transaction that
 * can only read. Never rejects; without a database (null, or one that does not answer) what can be looked at without one still is.
 */
export async function runDoctor(
  parts: DoctorParts,
  database: Database | null,
  databaseProblem: string | null = null,
): Promise<DoctorReport> {
  const reading = database === null ? nothing : readOnly(database);
  const answer = await reach(reading, databaseProblem);
  const findings: DoctorFinding[] = [{ check: 'database', title: text('Database', 'データベース'), ...answer }];
  for (const check of checks) {
    const found =
      check.needsDatabase && answer.verdict === 'fail'
        ? [unknown(text('the database does not answer', 'データベースが応答しません'))]
        : await lookWithin(check, { ...parts, database: reading });
    findings.push(...found.map((finding) => ({ check: check.name, title: check.title, ...finding })));
  }
  return { at: parts.clock.now(), verdict: worstOf(findings), findings };
}

async function reach(database: Queryable, problem: string | null): Promise<Finding> {
  try {
    if (problem !== null) throw new Error(problem);
    const [row] = await database.query<{ standby: boolean; ready: boolean }>(
      "select pg_is_in_recovery() as standby, to_regclass('push.controls') is not null as ready",
    );
    if (row?.standby === true) {
      const remedy = text('Point DATABASE_URL at the primary.', 'DATABASE_URL をプライマリに向けてください。');
      return fail(text('it is a standby: nothing can be written', 'スタンバイです。書き込めません'), remedy);
    }
    if (row?.ready !== true) {
      const remedy = text('Run `todoku migrate`, or start the server.', '`todoku migrate` を実行するか、サーバーを起動してください。');
      return fail(text('it answers, but Todoku is not in it', '応答しますが、Todoku がありません'), remedy);
    }
    return ok(text('it answers', '応答します'));
  } catch (error) {
    const why = messageOf(error);
    const remedy = text(
      'Start Postgres, and check DATABASE_URL and the network to it; with the embedded one start Todoku, and read postgres/start.log in TODOKU_DATA_DIR.',
      'Postgres を起動し、DATABASE_URL と経路を確認してください。組み込みの場合は Todoku を起動し、TODOKU_DATA_DIR の postgres/start.log を確認してください。',
    );
    return fail(text(`it does not answer: ${why}`, `応答しません: ${why}`), remedy);
  }
}

/** One that fails says so itself, and the others go on. */
async function lookWithin(check: Check, at: Parameters<Check['look']>[0]): Promise<readonly Finding[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly Finding[]>((resolve) => {
    const seconds = DEADLINE_MS / 1000;
    const found = text(`no answer within ${seconds} seconds`, `${seconds} 秒以内に答えがありません`);
    timer = setTimeout(() => resolve([unknown(found)]), DEADLINE_MS);
  });
  try {
    return await Promise.race([check.look(at), late]);
  } catch (error) {
    const why = messageOf(error);
    const remedy = text(
      'Where a right is missing: run `todoku doctor` where DATABASE_URL is the owner’s.',
      '権限がない場合は、所有者の DATABASE_URL で `todoku doctor` を実行してください。',
    );
    return [unknown(text(`it could not be looked at: ${why}`, `確認できません: ${why}`), remedy)];
  } finally {
    clearTimeout(timer);
  }
}

function readOnly(database: Database): Queryable {
  const reading = <T>(ask: (tx: Queryable) => Promise<T>): Promise<T> =>
    database.transaction(async (tx) => {
      await tx.query('set transaction read only');
      await tx.query(`set local statement_timeout = ${STATEMENT_MS}`);
      return await ask(tx);
    });
  return {
    query: (sql, params) => reading((tx) => tx.query(sql, params)),
    rows: (sql, params) => reading((tx) => tx.rows(sql, params)),
  };
}

const gone = (): Promise<never> => Promise.reject(new Error('there is no database'));
const nothing: Queryable = { query: gone, rows: gone };

function worstOf(findings: readonly Finding[]): DoctorReport['verdict'] {
  return (['fail', 'warn'] as const).find((verdict) => findings.some((finding) => finding.verdict === verdict)) ?? 'ok';
}

function messageOf(error: unknown): string {
  return redact(error instanceof Error ? error.message : String(error));
}
