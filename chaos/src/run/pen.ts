import { join } from 'node:path';
import type { LoadLine } from '../check/run-files.js';
import type { Act } from '../check/timeline.js';
import { Journal, mono } from './journal.js';
import type { LoadSetting } from './load-setting.js';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

type Ended = Pick<Act, 'from' | 'answered'> & { readonly to: number | null };

/** Calls the product, and writes down each act: that it begins (`intents.jsonl`) and what came of it (`load.jsonl`), each on the disk at once. */
export class Pen {
  readonly #setting: LoadSetting;
  readonly #intents: Journal;
  readonly #load: Journal;
  #count = 0;

  constructor(setting: LoadSetting) {
    this.#setting = setting;
    this.#intents = new Journal(join(setting.records, 'intents.jsonl'));
    this.#load = new Journal(join(setting.records, 'load.jsonl'));
  }

  get databaseUrl(): string {
    return this.#setting.databaseUrl;
  }

  write(line: LoadLine): void {
    this.#load.write(line);
  }

  /** `isDone` null: nobody knows, as after a 5xx. */
  async act<T>(
    what: string,
    work: () => Promise<T>,
    isDone: (result: T) => boolean | null,
  ): Promise<{ readonly act: Ended; readonly result: T | null }> {
    const [from, n] = [mono(), ++this.#count];
    this.#intents.write({ n, what, from });
    try {
      const result = await work();
      const done = isDone(result);
      if (done === null) return { act: { from, to: null, answered: 'unknown' }, result };
      return { act: { from, to: mono(), answered: done ? 'done' : 'refused' }, result };
    } catch {
      return { act: { from, to: null, answered: 'unknown' }, result: null };
    } finally {
      this.#intents.write({ n, ended: mono() });
    }
  }

  /** An HTTP call as an act; done with this status, refused with another 4xx. */
  request(
    method: string,
    path: string,
    body: unknown,
    status: number,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly act: Ended; readonly result: Answer | null }> {
    return this.act(
      `${method} ${path}`,
      () => this.#call(method, path, body, headers),
      (answer) => (answer.status >= 500 ? null : answer.status === status),
    );
  }

  async #call(method: string, path: string, body: unknown, headers: Readonly<Record<string, string>>): Promise<Answer> {
    const response = await fetch(`${this.#setting.api}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#setting.key}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(5000),
    });
    if (response.status >= 500) this.write({ record: 'failure', at: mono(), what: `${method} ${path}`, status: response.status });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
  }
}
