import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { identityOf } from './process-identity.js';

const pollMs = 50;

/**
 * Keeps other processes out while `work` runs. The file names its holder, so the lock of a killed process is broken by the next one.
 * `waitMs` bounds the wait.
 */
export async function withLockFile<T>(path: string, waitMs: number, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + waitMs;
  while (!take(path)) {
    breakIfAbandoned(path);
    if (performance.now() > deadline) throw new Error(`another process has held ${path} for ${waitMs / 1000} s (holder: ${holder(path)})`);
    await delay(pollMs);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function ownIdentity(): string {
  return identityOf(process.pid) ?? String(process.pid);
}

/** Written aside and linked into place, so that the file is never seen without its content. */
function take(path: string): boolean {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, ownIdentity());
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function holder(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function isAbandoned(identity: string | undefined): boolean {
  return identity !== undefined && identityOf(Number.parseInt(identity, 10)) !== identity;
}

/** Moved aside and looked at again, because a third process may have broken it and taken the lock in between. */
function breakIfAbandoned(path: string): void {
  if (!isAbandoned(holder(path))) return;
  const aside = `${path}.${process.pid}.broken`;
  try {
    renameSync(path, aside);
    if (!isAbandoned(holder(aside))) linkSync(aside, path);
    unlinkSync(aside);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  }
}
