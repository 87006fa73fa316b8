import { execFileSync } from 'node:child_process';

const size = 4 * 2 ** 30;
/** Enough for a file or two, not for a write-ahead log. */
const rest = 64 << 10;

/** A file system of its own for one Postgres, which can be made full. Only root can have one. */
export class Disk {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** null: this user may not mount. `folder` exists. */
  static mount(folder: string): Disk | null {
    if (process.getuid?.() !== 0) return null;
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=711`, 'tmpfs', folder], { stdio: 'ignore' });
      return new Disk(folder);
    } catch {
      return null;
    }
  }

  /** What is there stays, and next to nothing fits in any more. */
  fill(): void {
    const used = execFileSync('df', ['--block-size=1', '--output=used', this.#folder], { encoding: 'utf8' }).split('\n')[1] ?? '';
    this.#resize(Number(used) + rest);
  }

  free(): void {
    this.#resize(size);
  }

  unmount(): void {
    execFileSync('umount', ['--lazy', this.#folder], { stdio: 'ignore' });
  }

  #resize(bytes: number): void {
    execFileSync('mount', ['-o', `remount,size=${bytes}`, this.#folder], { stdio: 'ignore' });
  }
}
