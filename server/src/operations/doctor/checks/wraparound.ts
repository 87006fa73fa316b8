import { type Check, fail, ok, text, warn } from '../finding.js';

const WARN_AGE = 700_000_000;
const FAIL_AGE = 1_500_000_000;

/** At two thousand million transactions Postgres takes no more writes. */
export const wraparound: Check = {
  name: 'wraparound',
  title: text('Transaction ids', 'トランザクション ID'),
  needsDatabase: true,
  look: async ({ database }) => {
    const [row] = await database.query<{ age: number; multi: number; oldest: string | null }>(/* sql */ `
      select age(datfrozenxid) as age, mxid_age(datminmxid) as multi,
        (select oid::regclass::text from pg_class where relkind in ('r', 't', 'm') and relfrozenxid <> '0' order by age(relfrozenxid) desc limit 1) as oldest
      from pg_database where datname = current_database()`);
    if (row === undefined) throw new Error('no answer');
    const age = Math.max(row.age, row.multi);
    const million = Math.round(age / 1e6);
    const found = text(
      `the oldest is ${million} million transactions old, of 2,000`,
      `最古は ${million} 百万トランザクション前（上限 2,000 百万）`,
    );
    const remedy = text(
      `\`vacuum (freeze, verbose) ${row.oldest ?? ''};\`. When that does not help, something holds old rows back: see there.`,
      `\`vacuum (freeze, verbose) ${row.oldest ?? ''};\`。改善しなければ、古い行を保持するもの（該当項目）を確認してください。`,
    );
    if (age > FAIL_AGE) return [fail(found, remedy)];
    return [age > WARN_AGE ? warn(found, remedy) : ok(found)];
  },
};
