/** A small run made by hand, for the checker's tests: rows in a real database and the records that fit them. Everything fits until a test spoils it. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { type TestDatabase, testDatabase } from '../../../../server/test/support/database.js';
import { freshSchemaPrint } from '../database/schema-print.js';
import type { Evidence } from '../evidence.js';
import type { Hit } from '../hits.js';
import { judgeEvidence } from '../judge-evidence.js';
import type { Timeline } from '../timeline.js';
import { titleHash } from '../truths/nothing-lost.js';
import type { Verdict } from '../verdict.js';

type Changing<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer U)[] ? U[] : T[K] };

/** A notification with one delivery that arrived. */
export interface Arrived {
  readonly id: string;
  readonly userId: string;
  readonly token: string;
  readonly tokenId: string;
  readonly deliveryId: string;
  readonly chunkId: string;
  readonly ticketId: string;
  readonly title: string;
}

const minute = 60_000;
const migrations = fileURLToPath(new URL('../../../../supabase/migrations', import.meta.url));

export class Scene {
  readonly db: TestDatabase;
  readonly timeline: Changing<Timeline> = {
    submissions: [],
    devices: [],
    settings: [],
    switches: [],
    broadcasts: [],
    types: [],
    bad: [],
    failures: [],
  };
  readonly hits: Hit[] = [];
  evidence: Partial<Evidence> = {};
  /** Monotonic ms of "now"; the wall clock is this far ahead of it. */
  readonly now = 10_000_000;
  readonly wallMinusMono = Date.now() - this.now;
  #n = 0;

  readonly #freshSchema: readonly string[];

  private constructor(db: TestDatabase, freshSchema: readonly string[]) {
    this.db = db;
    this.#freshSchema = freshSchema;
  }

  /** `freshSchema`: made once for all scenes of a file. */
  static async open(freshSchema: readonly string[]): Promise<Scene> {
    return new Scene(await testDatabase(), freshSchema);
  }

  async sql(text: string, values: readonly unknown[] = []): Promise<void> {
    await this.db.admin.query(text, values);
  }

  /** A user's device, registered long ago. */
  async device(userId: string = randomUUID()): Promise<{ userId: string; token: string; tokenId: string }> {
    const n = ++this.#n;
    const [token, tokenId] = [`ExponentPushToken[device-of-scene-${n}]`, randomUUID()];
    await this.sql(
      `insert into push_tokens (id, user_id, platform, token_ciphertext, token_hash, key_id) values ($1, $2, 'ios', $3, $3, 1)`,
      [tokenId, userId, Buffer.from(`hash ${n}`)],
    );
    this.timeline.devices.push({
      kind: 'register',
      userId,
      token,
      from: this.now - 20 * minute,
      to: this.now - 20 * minute + 5,
      answered: 'done',
    });
    return { userId, token, tokenId };
  }

  /** A notification that was taken in, planned, sent, accepted, and taken by the platform, a minute ago. */
  async arrived(columns: Record<string, unknown> = {}, on?: { userId: string; token: string; tokenId: string }): Promise<Arrived> {
    const { userId, token, tokenId } = on ?? (await this.device());
    const n = ++this.#n;
    const id = await this.#insert({ user_id: userId, type: 'reminder', title: `Scene ${n}`, message: 'M', ...columns });
    const title = String(columns['title'] ?? `Scene ${n}`);
    const at = this.now - minute;
    const [deliveryId, chunkId] = [String(1000 + n), String(500 + n)];
    const ticketId = `00000000-0000-7000-8000-00${String(n).padStart(10, '0')}`;
    await this.sql('delete from push.outbox');
    await this.sql(
      `insert into push.decisions (notification_id, created_at, decided_at, verdict, first_delivery, deliveries)
       select id, created_at, $2, 1, $3, 1 from notifications where id = $1`,
      [id, this.#date(at), deliveryId],
    );
    await this.step({ deliveryId, chunkId, id, tokenId, state: 10, ticketId, at: at + 100 });
    await this.step({ deliveryId, chunkId, id, tokenId, state: 20, ticketId, at: at + 900 });
    await this.attempt(chunkId, 1, 'answered');
    await this.count({ planned: 1, deliveries: 1, 'state:accepted_by_platform': 1 });
    this.hit({ deliveryId, token, title, ticketId }, at + 50);
    this.submission({ title, userIds: [userId], ids: [id] });
    return { id, userId, token, tokenId, deliveryId, chunkId, ticketId, title };
  }

  async #insert(row: Record<string, unknown>): Promise<string> {
    const names = Object.keys(row);
    const [made] = await this.db.admin.query<{ id: string }>(
      `insert into notifications (created_at, ${names.join(', ')}) values ($1, ${names.map((_, i) => `$${i + 2}`).join(', ')}) returning id`,
      [this.#date(this.now - minute - 100), ...Object.values(row)],
    );
    return made?.id ?? '';
  }

  async step(step: {
    deliveryId: string;
    chunkId: string;
    id: string;
    tokenId: string;
    state: number;
    ticketId?: string | null;
    code?: string;
    at?: number;
  }): Promise<void> {
    await this.sql(
      `insert into push.deliveries (delivery_id, at, state, chunk_id, notification_id, created_at, token_id, ticket_id, code)
       select $1, $2, $3, $4, $5, created_at, $6, $7, $8 from notifications where id = $5`,
      [
        step.deliveryId,
        this.#date(step.at ?? this.now - minute / 2),
        step.state,
        step.chunkId,
        step.id,
        step.tokenId,
        step.ticketId ?? null,
        step.code ?? null,
      ],
    );
  }

  async attempt(chunkId: string, epoch: number, outcome: string): Promise<void> {
    await this.sql(
      `insert into push.attempts (chunk_id, epoch, project_id, lane, worker, duration_ms, recipients, outcome) values ($1, $2, 1, 1, 'w', 5, 1, $3)`,
      [chunkId, epoch, outcome],
    );
  }

  async count(items: Readonly<Record<string, number>>): Promise<void> {
    for (const [item, n] of Object.entries(items)) {
      await this.sql(`insert into push.ledger_entries (hour, item, n) values (date_trunc('hour', now()), $1, $2)`, [item, n]);
    }
  }

  hit(what: { deliveryId: string; token: string; title: string; ticketId: string | null }, at: number, change: Partial<Hit> = {}): void {
    this.hits.push({
      request: `r${this.hits.length}`,
      tMono: at,
      tWall: at + this.wallMinusMono,
      project: '@todoku/sandbox',
      token: what.token,
      deliveryId: what.deliveryId,
      titleHash: titleHash(what.title),
      accepted: true,
      answer: 'ok',
      ticketId: what.ticketId,
      fault: null,
      ...change,
    });
  }

  submission(change: Partial<Timeline['submissions'][number]>): void {
    this.timeline.submissions.push({
      from: this.now - minute - 200,
      to: this.now - minute - 50,
      answered: 'done',
      userIds: [],
      type: 'reminder',
      title: 'none',
      ids: [],
      idempotencyKey: null,
      rolledBack: false,
      repeats: false,
      ...change,
    });
  }

  async judge(): Promise<Verdict> {
    const client = new Client({ connectionString: this.db.url });
    await client.connect();
    try {
      return await judgeEvidence(
        {
          seed: 1,
          replay: 'npm run chaos',
          startedAt: new Date().toISOString(),
          seconds: 60,
          wallMinusMono: this.wallMinusMono,
          requestDeadlineMs: 2000,
          healedAt: this.now - 10_000,
          idleAt: this.now - 1000,
          receiptsAskedAgain: false,
          livenessBoundMs: 60_000,
          migrations,
          timeline: this.timeline,
          hits: this.hits,
          memory: [],
          thawed: [],
          disturbed: [],
          clockWrong: [],
          secrets: { tokens: this.timeline.devices.map(({ token }) => token), keys: [], files: [] },
          coverage: { expectedFailpoints: [], hitFailpoints: new Set(), expectedFaults: [], hitFaults: new Set(), required: true },
          atMostOnce: new Set(['once']),
          ...this.evidence,
        },
        client,
        this.#freshSchema,
      );
    } finally {
      await client.end();
    }
  }

  #date(mono: number): Date {
    return new Date(mono + this.wallMinusMono);
  }
}

export async function freshSchema(): Promise<readonly string[]> {
  const db = await testDatabase();
  try {
    return await freshSchemaPrint(db.url, migrations);
  } finally {
    await db.close();
  }
}

/** The rules that a verdict found broken, with the truth's number before them. */
export const broken = (verdict: Verdict): string[] =>
  verdict.truths.flatMap(({ truth, findings }) => findings.map(({ rule }) => `${truth} ${rule}`)).toSorted();
