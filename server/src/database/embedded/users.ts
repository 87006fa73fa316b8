import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Paths } from './data-directory.js';
import { identityOf } from './process-identity.js';

/** Notes that this process uses the server; the answer takes the note back. The last one out turns off the light. */
export function registerUser(paths: Paths): () => void {
  const file = join(paths.users, randomUUID());
  writeFileSync(file, identityOf(process.pid) ?? String(process.pid));
  return () => rmSync(file, { force: true });
}

/** How many use it still; notes of processes that were killed are cleared. */
export function countUsers(paths: Paths): number {
  let living = 0;
  for (const name of readdirSync(paths.users)) {
    const file = join(paths.users, name);
    const identity = readFileSync(file, 'utf8');
    if (identityOf(Number.parseInt(identity, 10)) === identity) living += 1;
    else rmSync(file, { force: true });
  }
  return living;
}
