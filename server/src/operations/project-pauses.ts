import type { Database } from '../database/database.js';
import { TodokuError } from '../errors/todoku-error.js';
import { type ProjectStatus, readProjects } from '../monitoring/system-status.js';
import { recordAct } from '../security/audit.js';
import type { AuditAction } from '../security/audit-actions.js';

interface By {
  readonly actor: string;
  readonly reason: string;
}

/**
 * Pauses one provider project: nothing of it is claimed from the commit on, the others go on, and what comes in is planned and waits. Who paused
 * first and why stands until it is resumed. Throws NOT_FOUND.
 */
export async function pauseProject(database: Database, id: number, by: By): Promise<ProjectStatus> {
  const change = 'paused = true, paused_at = clock_timestamp(), paused_by = $2, paused_reason = $3';
  return await turn(database, id, { ...by, action: 'projects.pause' }, `set ${change} where id = $1 and not paused`, [by.actor, by.reason]);
}

/** What waits and has not expired is sent, as fast as the budget lets it. Throws NOT_FOUND. */
export async function resumeProject(database: Database, id: number, by: By): Promise<ProjectStatus> {
  return await turn(database, id, { ...by, action: 'projects.resume' }, 'set paused = false where id = $1 and paused', []);
}

/** Throws NOT_FOUND. */
export async function readProject(database: Pick<Database, 'query'>, id: number): Promise<ProjectStatus> {
  const project = (await readProjects(database)).find((one) => one.id === id);
  if (project === undefined) throw new TodokuError('NOT_FOUND', { message: `There is no project ${id}.` });
  return project;
}

/** One that stands that way already is left alone, and nothing is audited: nothing was done. */
async function turn(
  database: Database,
  id: number,
  act: By & { readonly action: AuditAction },
  change: string,
  params: readonly string[],
): Promise<ProjectStatus> {
  return await database.transaction(async (tx) => {
    const changed = await tx.query(/* sql */ `update push.projects ${change} returning id`, [id, ...params]);
    if (changed.length > 0) await recordAct(tx, { ...act, target: `project:${id}` });
    return await readProject({ query: tx.query.bind(tx) }, id);
  });
}
