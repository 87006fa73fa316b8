import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from './support/database.js';

const page = readFileSync(new URL('../../docs/states.md', import.meta.url), 'utf8');
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

describe('states of a delivery', () => {
  it('are those of docs/states.md, with the same meaning', async () => {
    const rows = await database.admin.query<{ name: string; terminal: boolean; meaning: string }>(
      'select name, terminal, meaning from push.delivery_states order by code',
    );
    for (const { name, terminal, meaning } of rows) expect(page).toContain(`| \`${name}\` | ${terminal ? 'ends ' : ''}| ${meaning} |`);
    expect(page.match(/^\| `\w+` \| (ends )?\|/gm)).toHaveLength(rows.length);
  });

  it('follow each other as docs/states.md says', async () => {
    const rows = await database.admin.query<{ line: string }>(
      `select '| \`' || f.name || '\` | ' || string_agg('\`' || t.name || '\`', ', ' order by t.code) || ' |' as line
       from push.delivery_transitions x join push.delivery_states f on f.code = x.from_state join push.delivery_states t on t.code = x.to_state
       group by f.name`,
    );
    for (const { line } of rows) expect(page).toContain(line);
  });

  it('can all be reached, and all that do not end can come to an end', async () => {
    const rows = await database.admin.query(
      `with recursive reached(code) as (
         select 1::smallint union select x.to_state from push.delivery_transitions x join reached r on r.code = x.from_state
       ), ending(code) as (
         select code from push.delivery_states where terminal
         union select x.from_state from push.delivery_transitions x join ending e on e.code = x.to_state
       )
       select name from push.delivery_states where code not in (select code from reached) or code not in (select code from ending)`,
    );
    expect(rows).toEqual([]);
  });
});
