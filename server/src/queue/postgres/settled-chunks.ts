import type { Statement } from '../../database/database.js';

/** Until a commit that is under way has ended. $1 chunk ids. Not one statement with the next, which has to see what was committed meanwhile. */
export const awaitChunks: Statement = {
  name: 'await_chunks',
  text: /* sql */ `
select id from push.chunks where id = any ($1::bigint[]) order by id for update`,
};

/** Chunks whose outcome stands there, by the attempt that was written with it: $1 chunk ids, $2 epochs. A try follows within a minute, not a day. */
export const settledChunks: Statement = {
  name: 'settled_chunks',
  text: /* sql */ `
select distinct a.chunk_id
from unnest($1::bigint[], $2::int[]) as l(id, epoch)
join push.attempts a on a.chunk_id = l.id and a.epoch = l.epoch
where a.chunk_id = any ($1::bigint[]) and a.outcome <> 'fenced' and a.at > now() - interval '1 day'`,
};
