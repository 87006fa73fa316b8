import { type Child, type ChildOptions, startChild } from './child.js';

/** The processes of a run, so that all of them can be ended, whatever happened. */
export class Processes {
  readonly #running = new Set<Child>();
  #closed = false;

  /** Resolves when the child says that it is ready. */
  async start(options: ChildOptions): Promise<Child> {
    if (this.#closed) throw new Error('this run is being ended');
    const child = await startChild(options);
    this.#running.add(child);
    const stop = async (): Promise<void> => {
      await child.stop();
      this.#running.delete(child);
    };
    if (this.#closed) await stop();
    return { ...child, stop };
  }

  /** Ends them all, the last first. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const child of [...this.#running].reverse()) await child.stop();
  }
}
