import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { Paths } from './data-directory.js';
import { EmbeddedPostgresError } from './embedded-error.js';

const schema = z.object({ port: z.int(), user: z.string(), password: z.string(), database: z.string() });

/** How to reach the embedded Postgres: kept in `<data dir>/postgres.json` (mode 0600) for the commands of other processes. */
export type Access = z.infer<typeof schema>;

export function newAccess(): Access {
  return { port: 0, user: 'postgres', password: randomBytes(24).toString('base64url'), database: 'todoku' };
}

export function urlOf(access: Access, database = access.database): string {
  return `postgres://${access.user}:${access.password}@127.0.0.1:${access.port}/${database}`;
}

export function writeAccess(paths: Paths, access: Access): void {
  const draft = `${paths.connectionFile}.draft`;
  writeFileSync(draft, `${JSON.stringify(access)}\n`, { mode: 0o600 });
  renameSync(draft, paths.connectionFile);
}

export function readAccess(paths: Paths): Access | undefined {
  if (!existsSync(paths.connectionFile)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(paths.connectionFile, 'utf8')));
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'EACCES' ? 'may not be read by this user' : 'is damaged';
    throw new EmbeddedPostgresError(`${paths.connectionFile} ${why}. Run as the user who started Todoku here, or set TODOKU_DATA_DIR.`, {
      cause: error,
    });
  }
}
