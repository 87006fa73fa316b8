import type { Database } from '../database/database.js';

export interface Project {
  readonly id: number;
  readonly provider: string;
  readonly name: string;
  readonly hasBudget: boolean;
  readonly breakerOpen: boolean;
}

interface ProjectRow {
  id: number;
  provider: string;
  name: string;
  has_budget: boolean;
  breaker_open: boolean;
}

/** The provider projects, as of at most `maxAgeMs` ago. Past half of that they are read anew beside the work, so that nobody waits for it. */
export class ProjectRegistry {
  readonly #database: Database;
  readonly #monotonic: () => number;
  readonly #maxAgeMs: number;
  #projects: ReadonlyMap<number, Project> = new Map();
  #loadedAt = Number.NEGATIVE_INFINITY;
  #renewing: Promise<void> | null = null;
  /** Which question was asked, and which answered, last: an answer that was overtaken is old. */
  #asked = 0;
  #answered = 0;

  constructor(database: Database, monotonic: () => number, maxAgeMs = 1000) {
    this.#database = database;
    this.#monotonic = monotonic;
    this.#maxAgeMs = maxAgeMs;
  }

  async list(): Promise<Project[]> {
    const age = this.#monotonic() - this.#loadedAt;
    if (age > this.#maxAgeMs) await this.refresh();
    else if (age > this.#maxAgeMs / 2) this.#renew();
    return [...this.#projects.values()];
  }

  get(id: number): Project | undefined {
    return this.#projects.get(id);
  }

  /** When it fails, what is known stays until it is too old; then whoever asks waits, and hears of it. */
  #renew(): void {
    this.#renewing ??= this.refresh()
      .catch(() => undefined)
      .finally(() => {
        this.#renewing = null;
      });
  }

  async refresh(): Promise<void> {
    const question = ++this.#asked;
    const askedAt = this.#monotonic();
    const rows = await this.#database.query<ProjectRow>(
      "select id, provider, name, rate_budget is not null as has_budget, breaker_state = 'open' as breaker_open from push.projects order by id",
    );
    if (question < this.#answered) return;
    this.#answered = question;
    this.#projects = new Map(
      rows.map((row) => [
        row.id,
        { id: row.id, provider: row.provider, name: row.name, hasBudget: row.has_budget, breakerOpen: row.breaker_open },
      ]),
    );
    this.#loadedAt = askedAt;
  }

  /**
   * The project with this name at the same provider as `like`, made with its budget when it is new, and its tokens moved to it. Expo tells
   * which token belongs to which project only when it refuses a mix.
   */
  async adopt(like: number, name: string, tokenIds: readonly string[]): Promise<number> {
    const [row] = await this.#database.query<{ id: number }>(
      /* sql */ `
      with made as (
        insert into push.projects (provider, name, rate_budget, rate_burst)
        select provider, $2, rate_budget, rate_burst from push.projects where id = $1
        on conflict (provider, name) do update set name = excluded.name
        returning id
      ), moved as (
        update public.push_tokens set project_id = (select id from made) where id = any($3::uuid[])
      )
      select id from made`,
      [like, name, tokenIds],
    );
    if (row === undefined) throw new Error(`project ${like} is gone`);
    await this.refresh();
    return row.id;
  }
}
