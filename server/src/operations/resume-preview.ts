import type { Queryable } from '../database/database.js';
import type { Lane } from '../planning/planning-types.js';

/** What would happen if sending went on at this moment. */
export interface ResumePreview {
  readonly at: Date;
  readonly lanes: readonly {
    readonly lane: Lane;
    /** Deliveries that are due and would go out at once, as fast as the rate budgets let them. */
    readonly wouldBeSent: number;
    /** Deliveries whose time is over: they end as expired, and nobody gets them. */
    readonly wouldExpire: number;
    /** Deliveries that are due later. */
    readonly later: number;
    /** Their broadcast, or their project, is paused: they stay. */
    readonly parked: number;
  }[];
  /** Notifications that wait for the end of quiet hours or their schedule, by reason: they keep their time. */
  readonly held: Readonly<Record<string, number>>;
  /** Notifications that nobody has decided about yet: preferences, quiet hours and expiry are looked at when they are planned. */
  readonly undecided: number;
  /** What else stops sending, and would still do so. */
  readonly stillStopped: readonly ('paused' | 'emergency' | 'pushes_disabled' | 'trigger_disabled')[];
}

/** $1: the project whose pause would end; null: that of none, and chunks of all are counted. */
const chunks = /* sql */ `
select lane,
  coalesce(sum(n) filter (where not stays and expires_at > clock_timestamp() and due_at <= clock_timestamp()), 0)::bigint as "wouldBeSent",
  coalesce(sum(n) filter (where expires_at <= clock_timestamp()), 0)::bigint as "wouldExpire",
  coalesce(sum(n) filter (where not stays and expires_at > clock_timestamp() and due_at > clock_timestamp()), 0)::bigint as later,
  coalesce(sum(n) filter (where stays and expires_at > clock_timestamp()), 0)::bigint as parked
from (
  select c.lane, c.n, c.due_at, c.expires_at, c.state = 3 or (p.paused and p.id is distinct from $1) as stays
  from push.chunks c join push.projects p on p.id = c.project_id
  where c.state in (1, 3) and ($1::smallint is null or c.project_id = $1)
) waiting
group by lane order by lane`;

const others = /* sql */ `
select clock_timestamp() as at, (select coalesce(sum(n), 0)::bigint from push.outbox) as undecided,
  (select coalesce(jsonb_object_agg(reason, n), '{}') from (select reason, count(*) as n from push.held group by reason) h) as held,
  array_remove(array[
    case when c.paused and $1 <> 'paused' then 'paused' end,
    case when c.emergency and $1 <> 'emergency' then 'emergency' end,
    case when not c.pushes_enabled and $1 <> 'pushes_disabled' then 'pushes_disabled' end,
    case when exists (select from pg_trigger where tgrelid = 'public.notifications'::regclass and tgname = 'notification_push_trigger' and tgenabled = 'D')
      then 'trigger_disabled' end], null) as "stillStopped"
from push.controls c where c.id = 1`;

/** Looks before `ending` is ended; changes nothing. */
export async function previewResume(database: Queryable, ending: 'paused' | 'emergency' | 'pushes_disabled'): Promise<ResumePreview> {
  return await preview(database, ending, null);
}

/** The same for one project's pause: what waits of it. Held and undecided notifications are those of all projects. */
export async function previewProjectResume(database: Queryable, projectId: number): Promise<ResumePreview> {
  return await preview(database, 'project_paused', projectId);
}

async function preview(database: Queryable, ending: string, projectId: number | null): Promise<ResumePreview> {
  const lanes = await database.query<ResumePreview['lanes'][number] & object>(chunks, [projectId]);
  const [row] = await database.query<Omit<ResumePreview, 'lanes'>>(others, [ending]);
  if (row === undefined) throw new Error('push.controls has lost its row');
  return { ...row, lanes };
}
