import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Mutant, mutate } from './mutant.js';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const copied = ['package.json', 'tsconfig.json', 'scripts', 'server', 'simulator', 'bench', 'chaos', 'supabase'];
const left = /(^|\/)(node_modules|dist|dist-failpoints|test|coverage)(\/|$)|\.test\.ts$/;

/** A copy of the product to break: sources as they stand in the working tree, the packages linked. */
export class ScratchCopy {
  readonly folder: string;
  readonly #originals = new Map<string, string>();

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'todoku-mutant-'));
    for (const name of copied) {
      const from = join(repository, name);
      if (!existsSync(from)) continue;
      cpSync(from, join(this.folder, name), { recursive: true, filter: (path) => !left.test(path.slice(repository.length)) });
    }
    cpSync(join(repository, 'supabase', 'migrations'), join(this.folder, 'pristine-migrations'), { recursive: true });
    symlinkSync(join(repository, 'node_modules'), join(this.folder, 'node_modules'));
    const own = join(repository, 'server', 'node_modules');
    if (existsSync(own)) symlinkSync(own, join(this.folder, 'server', 'node_modules'));
  }

  /** Breaks it, and builds it with its failpoints. Throws when a place is not there any more. */
  become({ edits }: Pick<Mutant, 'edits'>): void {
    this.restore();
    for (const edit of edits) {
      const path = join(this.folder, edit.file);
      const source = readFileSync(path, 'utf8');
      if (!this.#originals.has(path)) this.#originals.set(path, source);
      writeFileSync(path, mutate(source, edit));
    }
    execFileSync(process.execPath, ['scripts/build.mjs', '--failpoints'], { cwd: this.folder, stdio: ['ignore', 'ignore', 'inherit'] });
  }

  restore(): void {
    for (const [path, source] of this.#originals) writeFileSync(path, source);
    this.#originals.clear();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
