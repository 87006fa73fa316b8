/** One thing that the product does beyond sending, and how a copy of its build is changed so that it does not. */
export interface Feature {
  readonly id: string;
  /** What is switched off, as the table says it. */
  readonly what: string;
  readonly changes: readonly Change[];
  /** Tokens are stored as they are: the database is prepared for that. */
  readonly plainTokens?: boolean;
  /** The ledger can add up to nothing in these rounds and is not asked; outcomes are counted all the same. */
  readonly unproven?: boolean;
}

/** In one file, the one place where `find` stands. */
export interface Change {
  /** Path in the build, without its ending: `security/local-keyring`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const noEncryption: Change = {
  file: 'security/local-keyring',
  find: 'if (ciphertext.length < shortest || ciphertext[0] !== version) throw invalid();',
  // 69: the E of ExponentPushToken. What is encrypted all the same, such as the keys' own proofs, is still decrypted.
  replace: "if (ciphertext[0] === 69) return ciphertext.toString('utf8');",
};

const noDecisions: Change = {
  file: 'planning/sql/record-plan',
  find: 'as d(id, created_us, verdict, reason, hold_until, first_delivery, deliveries, inputs)',
  replace: 'as d(id, created_us, verdict, reason, hold_until, first_delivery, deliveries, inputs) where false',
};

/** Nobody is asked, so everyone is taken for new: right in these rounds, where each user gets one notification. */
const noHistory: Change = { file: 'planning/planner', find: 'if (asks.empty) return', replace: 'return' };

const never = (condition: string): string => `${condition} and false`;

/**
 * Statements keep their shape and parameters, and the part in question gets no rows (but for the users' history, whose statement is not sent).
 * What the worker does to fill the parameters stays, and is part of no feature's cost: so each figure is a lower bound.
 */
export const features: readonly Feature[] = [
  {
    id: 'encryption',
    what: 'token encryption',
    plainTokens: true,
    changes: [noEncryption],
  },
  {
    id: 'ledger',
    what: 'the ledger',
    unproven: true,
    changes: [
      {
        file: 'queue/postgres/complete-chunks',
        find: 'as x(chunk_id, item, n)\n  join fenced f on f.id = x.chunk_id\n',
        replace: 'as x(chunk_id, item, n)\n  join fenced f on f.id = x.chunk_id and false\n',
      },
      {
        file: 'planning/sql/record-plan',
        find: 'select * from unnest($27::timestamptz[], $28::bigint[], $29::text[], $30::bigint[])',
        replace: 'select * from unnest($27::timestamptz[], $28::bigint[], $29::text[], $30::bigint[]) where false',
      },
    ],
  },
  {
    id: 'decisions',
    what: 'recorded decisions (explain)',
    changes: [noDecisions],
  },
  { id: 'history', what: "users' history (duplicates, cap)", changes: [noHistory] },
  { id: 'history-and-decisions', what: "users' history and recorded decisions", changes: [noHistory, noDecisions] },
  {
    id: 'three',
    what: "users' history, recorded decisions and token encryption",
    plainTokens: true,
    changes: [noHistory, noDecisions, noEncryption],
  },
  {
    id: 'attempts',
    what: 'recorded requests (attempts)',
    changes: [
      {
        file: 'queue/postgres/complete-chunks',
        find: 'from result r left join fenced f on f.id = r.chunk_id',
        replace: 'from result r left join fenced f on f.id = r.chunk_id where false',
      },
    ],
  },
  {
    id: 'receipts',
    what: 'tickets kept for receipts',
    unproven: true,
    changes: [
      {
        file: 'queue/postgres/complete-chunks',
        find: 'from fenced f where f.await_all',
        replace: never('from fenced f where f.await_all'),
      },
    ],
  },
  {
    id: 'fences',
    what: 'the fence of epochs',
    changes: [{ file: 'queue/postgres/complete-chunks', find: ' and c.epoch = r.epoch and c.state = 2', replace: '' }],
  },
];
