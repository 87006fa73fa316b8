import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyChange } from './apply-change.js';
import type { Feature } from './feature.js';

/** This file is in bench/dist/features. */
const root = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * A copy of the built server and bench in a folder of its own, with one feature taken out of the copy; packages are those of the checkout.
 * Returns the path of the copy's `bench/dist`. The product itself has no switches for this.
 */
export function patchedBuild(folder: string, feature: Feature): string {
  const copy = mkdtempSync(join(folder, `without-${feature.id}-`));
  for (const name of ['server', 'bench']) {
    cpSync(join(root, name, 'dist'), join(copy, name, 'dist'), { recursive: true });
    cpSync(join(root, name, 'package.json'), join(copy, name, 'package.json'));
  }
  symlinkSync(join(root, 'supabase'), join(copy, 'supabase'));
  linkPackages(copy);
  for (const change of feature.changes) {
    const file = join(copy, 'server', 'dist', `${change.file}.js`);
    writeFileSync(file, applyChange(readFileSync(file, 'utf8'), change));
  }
  return join(copy, 'bench', 'dist');
}

function linkPackages(copy: string): void {
  const from = join(root, 'node_modules');
  const to = join(copy, 'node_modules');
  mkdirSync(join(to, '@todoku'), { recursive: true });
  for (const name of readdirSync(from)) if (name !== '@todoku') symlinkSync(join(from, name), join(to, name));
  for (const name of readdirSync(join(from, '@todoku'))) {
    const ours = name === 'server' || name === 'bench';
    symlinkSync(join(ours ? copy : root, name), join(to, '@todoku', name));
  }
}
