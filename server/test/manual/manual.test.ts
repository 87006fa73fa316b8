/** The operators' manual, run as it stands: every block, in both languages, on a whole system, with what it has to print. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { alertScenes, forgetFlows, restoreOrder } from './alert-scenes.js';
import { type Block, type ManualLanguage, type Page, pageNames, patternOf, readPage } from './manual-page.js';
import { ManualSystem } from './manual-system.js';
import { exampleAlert, prepareExamples } from './page-scenes.js';

const languages = ['ja', 'en'] as const;
const names = pageNames('ja');
const pages = (language: ManualLanguage): Page[] => names.map((name) => readPage(language, name));

let system: ManualSystem;

beforeAll(async () => {
  system = await ManualSystem.open();
  await prepareExamples(system);
}, 300_000);
afterAll(async () => {
  await system.close();
}, 300_000);

/** What a block prints matches what its page says; both streams, as on a screen. */
async function check(block: Block | undefined, language: ManualLanguage): Promise<void> {
  if (block === undefined) throw new Error('a block is missing in one of the languages');
  const { exitCode, out, err } = await system.run(block, language);
  const where = `${block.page}.md:${block.line}`;
  const said = exitCode === block.exitCode ? {} : { out };
  expect({ where, exitCode, err, ...said }).toEqual({ where, exitCode: block.exitCode, err: '' });
  expect(out, where).toMatch(patternOf(block.expected ?? 'nothing says what this prints'));
}

const blocksOf = (page: Page, id: string): readonly Block[] => page.sections.find((section) => section.id === id)?.blocks ?? [];

/** Both languages, block by block: what one does the other finds done, and says in its own words. */
async function walk(sections: Readonly<Record<ManualLanguage, readonly Block[]>>): Promise<void> {
  for (const i of sections.ja.keys()) for (const language of languages) await check(sections[language][i], language);
}

describe('the pages', () => {
  it('have the same sections and the same code in both languages', () => {
    expect(pageNames('en')).toEqual(names);
    const shapeOf = (page: Page | undefined): unknown =>
      page?.sections.map(({ id, level, blocks }) => ({
        id,
        level,
        blocks: blocks.map(({ language, code, exitCode }) => ({ language, code: withoutWords(code), exitCode })),
      }));
    for (const [i, page] of pages('ja').entries()) expect(shapeOf(pages('en')[i]), page.name).toEqual(shapeOf(page));
  });

  it('say of every block what it prints', () => {
    const blocks = languages.flatMap((language) =>
      pages(language).flatMap(({ sections }) => sections.flatMap((section) => section.blocks)),
    );
    expect(blocks.filter(({ expected }) => expected === null).map(({ page, line }) => `${page}.md:${line}`)).toEqual([]);
  });

  it('have a section for each rule, under its name, with all that it has to say', async () => {
    const rules = await system.spine.admin.query<{ name: string }>('select name from push.alert_rules order by name');
    expect(Object.keys(alertScenes).sort()).toEqual(rules.map(({ name }) => name));
    const labels = { ja: ['症状：', '最初に：', '原因 1：', '解消の確認：'], en: ['Symptom:', 'First:', 'Cause 1:', 'Over when:'] };
    for (const language of languages) {
      for (const { name } of rules) {
        const text = readPage(language, 'alerts').sections.find(({ id }) => id === name)?.text;
        for (const label of labels[language]) expect(text, `${language} ${name}`).toContain(`**${label}`);
      }
    }
  });

  it.each(names)(
    '%s runs',
    async (name) => {
      // Nobody reads what the pages send: twenty of them together would be an alert.
      await forgetFlows(system);
      await prepareExamples(system);
      // What the page before has provoked, such as its emergency stop, may fire until somebody looks again.
      await system.isQuiet(exampleAlert);
      const [ja, en] = [readPage('ja', name), readPage('en', name)];
      for (const { id, blocks } of ja.sections) if (!(id in alertScenes)) await walk({ ja: blocks, en: blocksOf(en, id) });
    },
    120_000,
  );
});

describe('each alert', () => {
  afterEach(async () => {
    await restoreOrder(system);
  }, 300_000);

  it.each(Object.entries(alertScenes))(
    '%s is provoked, worked on by its section, and over',
    async (rule, scene) => {
      const [ja, en] = [blocksOf(readPage('ja', 'alerts'), rule), blocksOf(readPage('en', 'alerts'), rule)];
      await forgetFlows(system);
      await scene.provoke(system);
      await system.fires(rule);
      await walk({ ja: ja.slice(0, -1), en: en.slice(0, -1) });
      await scene.mend(system);
      await system.isQuiet();
      await walk({ ja: ja.slice(-1), en: en.slice(-1) });
    },
    90_000,
  );
});

/** Reasons and comments are in the language of the page. */
function withoutWords(code: string): string {
  return code.replaceAll(/--reason '[^']*'/g, '--reason …').replaceAll(/(--|#|\/\/) .*$/gm, '');
}
