import { plainArray } from '../../database/array-literal.js';
import type { Queryable } from '../../database/database.js';
import type { AuditAction } from '../../security/audit-actions.js';
import type { Act, BroadcastStory, Stop, StopKind } from './story-types.js';

interface Switches {
  readonly paused: boolean;
  readonly pausedAt: Date | null;
  readonly pausedBy: string | null;
  readonly pausedReason: string | null;
  readonly emergency: boolean;
  readonly emergencyAt: Date | null;
  readonly emergencyBy: string | null;
  readonly emergencyReason: string | null;
  readonly pushesEnabled: boolean;
  readonly working: boolean;
}

interface Project {
  readonly id: number;
  readonly paused: boolean;
  readonly pausedAt: Date | null;
  readonly pausedBy: string | null;
  readonly pausedReason: string | null;
  readonly breaker: string;
  readonly breakerReason: string | null;
  readonly breakerOpenedAt: Date | null;
  readonly breakerProbeAt: Date | null;
  readonly backoffUntil: Date | null;
}

/** A worker that was not heard of for a minute is gone, as `todoku status` counts it. */
const findSwitches = /* sql */ `
select paused, paused_at as "pausedAt", paused_by as "pausedBy", paused_reason as "pausedReason",
  emergency, emergency_at as "emergencyAt", emergency_by as "emergencyBy", emergency_reason as "emergencyReason", pushes_enabled as "pushesEnabled",
  exists (select from push.workers where 'worker' = any (roles) and stopped_at is null and heartbeat_at > now() - interval '1 minute') as working
from push.controls where id = 1`;

/** $1 projects. */
const findProjects = /* sql */ `
select id, paused, paused_at as "pausedAt", paused_by as "pausedBy", paused_reason as "pausedReason", breaker_state as breaker, breaker_reason as "breakerReason", breaker_opened_at as "breakerOpenedAt",
  breaker_probe_at as "breakerProbeAt", case when backoff_until > clock_timestamp() then backoff_until end as "backoffUntil"
from push.projects where id = any ($1::smallint[]) order by id`;

/** $1 action, $2 target. */
const findLastAct = /* sql */ `select actor as by, at, reason from push.audit where action = $1 and target = $2 order by seq desc limit 1`;

const unknownAct: Act = { by: null, at: null, reason: null };

/** Who did it last and why, from the audit; acts by SQL are not in it. */
async function lastAct(tx: Queryable, action: AuditAction, target: string): Promise<Act> {
  const [act] = await tx.query<Act & object>(findLastAct, [action, target]);
  return act ?? unknownAct;
}

/** `state`: null when there is no such broadcast. */
export async function readBroadcast(tx: Queryable, id: number, state: string | null): Promise<BroadcastStory> {
  return { id, state, cancelled: state === 'cancelled' ? await lastAct(tx, 'broadcasts.cancel', `broadcast:${id}`) : null };
}

/** Everything that keeps pushes from the wire at the moment: of all, of this broadcast, and of these projects; what stops most comes first. */
export async function readStops(tx: Queryable, broadcast: BroadcastStory | null, projectIds: readonly number[]): Promise<Stop[]> {
  const [switches] = await tx.query<Switches & object>(findSwitches);
  const projects = await tx.query<Project & object>(findProjects, [plainArray([...new Set(projectIds)])]);
  return [
    ...(switches === undefined ? [] : await ofAll(tx, switches)),
    ...(broadcast === null ? [] : await ofBroadcast(tx, broadcast)),
    ...projects.flatMap(ofProject),
    ...(switches?.working === false ? [stop('no_worker', unknownAct)] : []),
  ];
}

const stop = (kind: StopKind, act: Act, more: Partial<Pick<Stop, 'project' | 'until'>> = {}): Stop => ({
  ...{ kind, ...act, project: null, until: null, ...more },
});

async function ofAll(tx: Queryable, on: Switches): Promise<Stop[]> {
  return [
    ...(on.emergency ? [stop('emergency', { by: on.emergencyBy, at: on.emergencyAt, reason: on.emergencyReason })] : []),
    ...(on.paused ? [stop('paused', { by: on.pausedBy, at: on.pausedAt, reason: on.pausedReason })] : []),
    ...(on.pushesEnabled ? [] : [stop('disabled', await lastAct(tx, 'pushes.disable', 'system'))]),
  ];
}

async function ofBroadcast(tx: Queryable, { id, state, cancelled }: BroadcastStory): Promise<Stop[]> {
  if (cancelled !== null) return [stop('broadcast_cancelled', cancelled)];
  if (state === null) return [stop('broadcast_unknown', unknownAct)];
  if (state === 'draft') return [stop('broadcast_draft', unknownAct)];
  return state === 'paused' ? [stop('broadcast_paused', await lastAct(tx, 'broadcasts.pause', `broadcast:${id}`))] : [];
}

function ofProject({ id, paused, breaker, breakerReason, breakerOpenedAt, breakerProbeAt, backoffUntil, ...by }: Project): Stop[] {
  const opened = { by: null, at: breakerOpenedAt, reason: breakerReason };
  return [
    ...(paused ? [stop('project_paused', { by: by.pausedBy, at: by.pausedAt, reason: by.pausedReason }, { project: id })] : []),
    ...(breaker === 'open' ? [stop('breaker_open', opened, { project: id, until: breakerProbeAt })] : []),
    ...(backoffUntil === null ? [] : [stop('backoff', unknownAct, { project: id, until: backoffUntil })]),
  ];
}
