import type { Mutant } from './mutant.js';

const claim = 'server/src/queue/postgres/claim-chunks.ts';
const complete = 'server/src/queue/postgres/complete-chunks.ts';
const fanOut = 'server/src/notifications/broadcasts/fan-out.ts';
const loadContent = 'server/src/delivery/load-content.ts';

/** Each breaks one promise that the others do not cover. The truths are numbered as in the verdict. */
export const mutants: readonly Mutant[] = [
  {
    name: 'epoch-dropped',
    defect: 'an outcome is kept although its lease has gone to somebody else',
    truths: [4],
    edits: [
      {
        file: complete,
        find: 'and c.id = any ($1::bigint[]) and c.epoch = r.epoch and c.state = 2',
        replace: 'and c.id = any ($1::bigint[]) and c.state = 2',
      },
    ],
  },
  {
    name: 'intent-skipped',
    defect: 'chunks are sent without the claim having been written down',
    truths: [3, 4],
    edits: [
      { file: claim, find: 'state = 2, epoch = c.epoch + 1, leased_by = $6', replace: 'leased_by = $6' },
      { file: loadContent, find: 'and c.epoch = l.epoch and c.state = 2', replace: 'and c.epoch = l.epoch' },
      { file: complete, find: 'and c.epoch = r.epoch and c.state = 2', replace: 'and c.epoch = r.epoch' },
    ],
  },
  {
    name: 'pause-ignored',
    defect: 'the claim does not look at pause, emergency and the pushes switch',
    truths: [2],
    edits: [
      {
        file: claim,
        find: 'where id = 1 and (select count(*) from turn) = 1 and not paused and not emergency and pushes_enabled for share',
        replace: 'where id = 1 and (select count(*) from turn) = 1 for share',
      },
    ],
  },
  {
    name: 'token-logged',
    defect: 'a push token is printed',
    truths: [6],
    edits: [
      {
        file: 'server/src/delivery/send-chunk.ts',
        find: '    const startedAt = clock.monotonic();\n',
        replace:
          "    const startedAt = clock.monotonic();\n    process.stderr.write('to ' + prepared.messages[0]?.token + String.fromCharCode(10));\n",
      },
    ],
  },
  {
    name: 'short-array-mapped',
    defect: 'too few tickets are dealt out to the messages, as far as they go',
    truths: [3],
    edits: [
      {
        file: 'server/src/providers/expo/classify-tickets.ts',
        find: "if (tickets.length !== messages.length) return { kind: 'ambiguous', code: 'TICKET_COUNT' };",
        replace: "if (tickets.length > messages.length) return { kind: 'ambiguous', code: 'TICKET_COUNT' };",
      },
    ],
  },
  {
    name: 'dedupe-dropped',
    defect: 'the same content is sent again within its window',
    truths: [3],
    edits: [
      {
        file: 'server/src/planning/plan-batch.ts',
        find: 'const duplicate = item.userId === null ? null :',
        replace: 'const duplicate = item.userId !== null ? null :',
      },
    ],
  },
  {
    name: 'quiet-hours-ignored',
    defect: 'nights are not respected',
    truths: [2],
    edits: [{ file: 'server/src/planning/decide.ts', find: '  noToken,\n  quietHours,\n', replace: '  noToken,\n' }],
  },
  {
    name: 'at-most-once-resent',
    defect: 'what must never arrive twice is sent again after a lost lease or answer',
    truths: [3],
    edits: [
      { file: 'server/src/delivery/lease-recovery.ts', find: 'if (!lease.resendUnknown) {', replace: 'if (lease.recipients === 0) {' },
      {
        file: 'server/src/delivery/resolve-result.ts',
        find: 'if (!resendUnknown || lastAttempt) return',
        replace: 'if (resendUnknown === null || lastAttempt) return',
      },
    ],
  },
  {
    name: 'ledger-entry-dropped',
    defect: 'outcomes are written without their entry in the ledger',
    truths: [1],
    edits: [
      { file: complete, find: '  join fenced f on f.id = x.chunk_id\n', replace: '  join fenced f on f.id = x.chunk_id and f.lane = 9\n' },
    ],
  },
  {
    name: 'owner-check-dropped',
    defect: 'what waits for the former owner of a device still goes to it',
    truths: [2],
    edits: [{ file: loadContent, find: "  if (row[13] === 't') return 'TOKEN_MOVED';\n", replace: '' }],
  },
  {
    name: 'signed-out-still-sent',
    defect: 'what waits still goes to a device that was signed out',
    truths: [7],
    edits: [
      {
        file: loadContent,
        find: "return row[14] === 't' ? null : 'TOKEN_INACTIVE';",
        replace: "return row[14] === null ? 'TOKEN_INACTIVE' : null;",
      },
    ],
  },
  {
    name: 'budget-not-shared',
    defect: 'each claim has the whole budget to itself',
    truths: [5],
    edits: [{ file: claim, find: 'bucket_level = x.level - (select coalesce(sum(n), 0) from granted)', replace: 'bucket_level = x.level' }],
  },
  {
    name: 'recovery-drops-part',
    defect: 'a lost lease comes back without its last part',
    truths: [1],
    edits: [
      {
        file: 'server/src/delivery/lease-recovery.ts',
        find: 'return { lease, attempt, items, groups, tokensLost: 0 };',
        replace: 'return { lease, attempt, items, groups: groups.slice(0, -1), tokensLost: 0 };',
      },
    ],
  },
  {
    name: 'receipts-off-by-one',
    defect: 'a receipt is taken for that of the next ticket',
    truths: [1],
    edits: [
      {
        file: 'server/src/receipts/receipt-poller.ts',
        find: 'const receipt = receipts.get(ticket);',
        replace: 'const receipt = receipts.get(batch.tickets[i + 1] ?? ticket);',
      },
    ],
  },
  {
    name: 'cursor-before-commit',
    defect: 'the fan-out moves on before the rows of its page are committed',
    truths: [0],
    edits: [
      {
        file: 'server/src/notifications/broadcasts/audience-sql.ts',
        find: `  insert into public.notifications (user_id, type, title, message, data, push, collapse_key, send_at, expires_at, broadcast_id)
  select u.user_id, b.type, b.title, b.message, b.data, b.push, b.collapse_key, b.send_at, b.expires_at, b.id
  from page u`,
        replace: '  select u.user_id from page u',
      },
      {
        file: 'server/src/notifications/broadcasts/audience-sql.ts',
        find: '\n  returning 1\n), step as (',
        replace: '\n), step as (',
      },
      {
        file: 'server/src/notifications/broadcasts/audience-sql.ts',
        find: 'returning step.looked::int, step.made::int',
        replace: 'returning step.looked::int, array(select user_id from made) as users',
      },
      {
        file: fanOut,
        find: 'return await this.#parts.database.transaction(async (tx) => {',
        replace: 'const page = await this.#parts.database.transaction(async (tx) => {',
      },
      {
        file: fanOut,
        find: 'if (broadcast === undefined) return false;\n      const looked =',
        replace: 'if (broadcast === undefined) return undefined;\n      return',
      },
      {
        file: fanOut,
        find: `      if (FAILPOINTS) await failpoint('fanout_batch');
      return looked === this.#options.batchSize;
    });
`,
        replace: `    });
    if (page === undefined) return false;
    if (FAILPOINTS) await failpoint('fanout_batch');
    await this.#parts.database.query(
      \`insert into public.notifications (user_id, type, title, message, data, push, collapse_key, send_at, expires_at, broadcast_id)
       select u, b.type, b.title, b.message, b.data, b.push, b.collapse_key, b.send_at, b.expires_at, b.id
       from unnest($2::uuid[]) u, push.broadcasts b where b.id = $1\`,
      [broadcastId, page.users],
    );
    return page.looked === this.#options.batchSize;
`,
      },
      { file: fanOut, find: 'return step?.looked ?? 0;', replace: 'return step;' },
    ],
  },
  {
    name: 'rls-not-forced',
    defect: 'row level security of the inbox does not bind the owner of the table',
    truths: [7],
    edits: [
      {
        file: 'supabase/migrations/20261101000800_access.sql',
        find: 'alter table public.notifications force row level security;',
        replace: 'alter table public.notifications no force row level security;',
      },
    ],
  },
  {
    name: 'expiry-ignored',
    defect: 'what has expired is sent all the same',
    truths: [2],
    edits: [
      { file: claim, find: ' and c.expires_at > clock_timestamp()\n', replace: '\n' },
      { file: 'server/src/planning/decide.ts', find: '  payloadTooBig,\n  expired,\n', replace: '  payloadTooBig,\n' },
      {
        file: 'server/src/queue/postgres/expire-chunks.ts',
        find: 'where state in (1, 3) and expires_at',
        replace: 'where state in (9) and expires_at',
      },
    ],
  },
];
