/** The manual as a phone gets it: every page opens without a key, and every link leads somewhere. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { HttpDoor } from '../support/http-door.js';
import { pageNames } from './manual-page.js';

let db: TestDatabase;
let door: HttpDoor;

beforeAll(async () => {
  db = await testDatabase();
  door = await HttpDoor.open(db.database);
});
afterAll(async () => {
  await door.close();
  await db.close();
});

const open = async (path: string): Promise<string> => {
  const { status, body, headers } = await door.get(path, null);
  expect({ path, status }).toEqual({ path, status: 200 });
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
  return String(body);
};
const matches = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? '');

it.each(['ja', 'en'] as const)('every link of the %s pages leads to a page and an anchor that are there', async (language) => {
  const pages = new Map<string, string>();
  const get = async (path: string): Promise<string> => {
    const page = pages.get(path) ?? (await open(path));
    pages.set(path, page);
    return page;
  };
  for (const name of pageNames(language)) {
    const path = `/manual/${language}/${name}.md`;
    for (const target of matches(await get(path), /href="([^"]+)"/g)) {
      const url = new URL(target, `http://x${path}`);
      const page = await get(url.pathname);
      if (url.hash !== '') expect(matches(page, / id="([^"]+)"/g), `${path}: ${target}`).toContain(url.hash.slice(1));
    }
  }
});

it('links each rule to its section', async () => {
  const ids = matches(await open('/manual/ja/alerts.md'), / id="([^"]+)"/g);
  const rules = await db.admin.query<{ runbook: string }>('select runbook from push.alert_rules');
  expect(rules.map(({ runbook }) => runbook.replace('alerts.md#', '')).filter((anchor) => !ids.includes(anchor))).toEqual([]);
});

it('opens by its bare address in the language of the browser, and without .md', async () => {
  const start = async (language: string): Promise<string | null> =>
    (await fetch(`${door.url}/manual`, { headers: { 'accept-language': language }, redirect: 'manual' })).headers.get('location');
  expect(await start('ja,en-US;q=0.9')).toBe('/manual/ja/index.md');
  expect(await start('en-US,en;q=0.9,ja;q=0.8')).toBe('/manual/en/index.md');
  expect(await start('de')).toBe('/manual/en/index.md');
  expect(await open('/manual/ja/alerts')).toBe(await open('/manual/ja/alerts.md'));
});

it('lets the browser load its own style and nothing else', async () => {
  const { headers } = await door.get('/manual/en/index.md', null);
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; frame-ancestors 'none'$/);
  expect(await open('/manual/en/index.md')).not.toMatch(/<script|style=/);
});
