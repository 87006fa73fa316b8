import type { Figures } from '../../src/monitoring/alerts/alert-round.js';
import type { FigureName, Reading } from '../../src/monitoring/figures.js';

/** Figures as a test says them, at a time of its own that only goes on when it says so. */
export class AlertFigures {
  at: Date;
  readonly #readings = new Map<FigureName, readonly Reading[]>();

  constructor(at = new Date(Math.floor(Date.now() / 1_000) * 1_000 - 86_400_000)) {
    this.at = at;
  }

  /** undefined: no reading at all, as of a figure that this version does not know. */
  set(name: FigureName, readings: readonly Reading[] | number | null | undefined): this {
    if (readings === undefined) this.#readings.delete(name);
    else if (typeof readings === 'number' || readings === null) this.#readings.set(name, [{ subject: '', value: readings }]);
    else this.#readings.set(name, readings);
    return this;
  }

  pass(seconds: number): this {
    this.at = new Date(this.at.getTime() + seconds * 1_000);
    return this;
  }

  readonly read = (): Promise<Figures> => Promise.resolve({ at: this.at, figures: new Map(this.#readings) });
}
