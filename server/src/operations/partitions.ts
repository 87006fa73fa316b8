import type { Database, Queryable } from '../database/database.js';
import { recordAct } from '../security/audit.js';

export interface Partition {
  readonly parent: string;
  readonly name: string;
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
  /** Indexes included. */
  readonly bytes: number;
}

/** Makes what is missing from yesterday to eight days ahead. Returns how many. */
export async function ensurePartitions(database: Queryable): Promise<number> {
  const [row] = await database.query<{ made: number }>('select push.ensure_partitions() as made');
  return row?.made ?? 0;
}

/** By table and time; of one table where it is named, as `push.deliveries`. Default partitions are not among them. */
export async function listPartitions(database: Queryable, parent?: string): Promise<Partition[]> {
  return await database.query<Partition>(
    /* sql */ `
select plan.parent, p.name, p.low as "from", p.high as "to", pg_total_relation_size(p.name::regclass) as bytes
from push.partition_plan plan cross join lateral push.partitions(plan.parent) p
where $1::text is null or plan.parent = $1
order by plan.parent, p.low`,
    [parent ?? null],
  );
}

/** Drops the partitions of one table that end at or before then. Returns their names. */
export async function dropPartitions(
  database: Database,
  parent: string,
  before: Date,
  by: { readonly actor: string; readonly reason: string },
): Promise<string[]> {
  return await database.transaction(async (tx) => {
    const rows = await tx.query<{ name: string }>('select name from push.drop_partitions($1, $2) as name', [parent, before]);
    const names = rows.map(({ name }) => name);
    await recordAct(tx, { ...by, action: 'partitions.drop', target: parent, details: { before, partitions: names } });
    return names;
  });
}
