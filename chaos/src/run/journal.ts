import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';

/** Lines that are on the disk when `write` comes back. */
export class Journal {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'a', 0o600);
  }

  write(line: object): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
    fsyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** CLOCK_MONOTONIC, which all processes of a machine share, ms. */
export const mono = (): number => Number(process.hrtime.bigint()) / 1e6;
