import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { settings } from '../../config/settings.js';
import { errorCatalogue } from '../../errors/catalogue.js';
import { english } from '../../planning/explain/wording-en.js';
import { japanese } from '../../planning/explain/wording-ja.js';
import { runCli } from '../run-cli.js';
import { en } from './en.js';
import { ja } from './ja.js';
import { phrases } from './ja-phrases.js';
import { inJapanese } from './translate.js';

type Entry = readonly [key: string, value: unknown];

function entriesOf(value: object, prefix = ''): Entry[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    typeof inner === 'object' && inner !== null ? entriesOf(inner, `${prefix}${key}.`) : [[`${prefix}${key}`, inner] as const],
  );
}

/** What a text says, whatever is put into it. */
const spoken = ([key, value]: Entry): readonly [string, string] => {
  if (typeof value !== 'function' || key === 'translate') return [key, String(value)];
  const one = (value as (...values: unknown[]) => unknown)(
    ...Array.from({ length: value.length }, () => (key.startsWith('stopped') ? ['7'] : 7)),
  );
  return [key, typeof one === 'string' ? one : ''];
};

/** Three English words in a row, none of them a code, a command, a name or an option: a sentence that nobody translated. */
function englishIn(text: string): string | null {
  const plain = text.replaceAll(/`[^`]*`|\{[^}]*\}|'[^']*'|"[^"]*"|https?:\S+|--?[a-z-]+|[\w.]+[_./@=<>:-][\w./@=<>:-]*/g, ' | ');
  return /(?:\b(?!(?:Apple|Google|Expo|Postgres|todoku)\b)[A-Za-z]{2,}\b[ ]){2}[A-Za-z]{2,}/.exec(plain)?.[0] ?? null;
}

describe('the catalogues', () => {
  it('say everything in both languages', () => {
    const keys = (value: object): string[] => entriesOf(value).map(([key]) => key);
    const { headings: _en, ...enRest } = en;
    const { headings: _ja, ...jaRest } = ja;
    expect(keys(jaRest)).toEqual(keys(enRest).filter((key) => !/^errors.*status$/.test(key)));
    expect(keys(japanese)).toEqual(keys(english));
    expect(Object.keys(ja.errors)).toEqual(Object.keys(errorCatalogue));
    for (const [key, value] of [...entriesOf(ja), ...entriesOf(japanese)].map(spoken))
      expect({ key, value }).not.toEqual({ key, value: '' });
  });

  it('hold no English sentence in Japanese', () => {
    const said = [...entriesOf(ja), ...entriesOf(japanese), ...phrases.map(([key, value]) => [key, value] as const)].map(spoken);
    expect(said.filter(([key, value]) => key !== 'translate' && englishIn(value) !== null)).toEqual([]);
    for (const [code, { message, remedy }] of Object.entries(ja.errors))
      for (const text of [message, remedy])
        expect({ code, text }).toEqual({ code, text: expect.stringMatching(/[ぁ-んァ-ヶ一-龠]/) as string });
  });

  it('call quiet hours by one name', () => {
    for (const [key, value] of [...entriesOf(ja), ...entriesOf(japanese)].map(spoken))
      expect({ key, value }).not.toMatchObject({
        value: expect.stringMatching(/静音|サイレント|クワイエット|静かな時間|休止時間/) as string,
      });
  });
});

/** Texts in quotes or backquotes that follow one of these in the sources: what an input is told. `${…}` counts as a value. */
function toldIn(folder: string): string[] {
  const source = new URL(`../../${folder}/`, import.meta.url);
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !/\.test\.|^messages|^explain|^catalogue/.test(file),
  );
  const texts = files.flatMap((file) => [
    ...readFileSync(new URL(file, source), 'utf8').matchAll(
      /(['`])((?:must |is |has |at most |contradicts |unknown field|There is no |It has to |It must |This is not |Broadcast )(?:(?!\1)[^\n])*)\1/g,
    ),
  ]);
  return [...new Set(texts.map((match) => (match[2] ?? '').replaceAll(/\$\{[^}]*\}/g, '7').replace(/^7: /, '')))];
}

describe('what an input is told', () => {
  const notForTheCommandLine = /^must be the nextCursor/;
  test.each(
    ['notifications', 'settings', 'tokens', 'security', 'planning', 'monitoring', 'errors', 'providers', 'cli'].map((folder) => [folder]),
  )('in %s is known in Japanese', (folder) => {
    const unknown = toldIn(folder).filter(
      (text) => !notForTheCommandLine.test(text) && inJapanese(text) === null && !/^(is|has) /.test(text),
    );
    expect(unknown).toEqual([]);
  });

  it('of the configuration is known in Japanese', () => {
    for (const [name, { expected }] of Object.entries(settings)) {
      const said = inJapanese(`The configuration is wrong:\n- ${name} has to be ${expected}.`);
      expect({ name, said }).toEqual({
        name,
        said: expect.stringMatching(new RegExp(`^設定が誤っています:\n- ${name}: .*にしてください。$`)) as string,
      });
    }
  });

  it.each([
    ['There is no broadcast 12.', '一斉配信 12 はありません。'],
    ['Too small: expected number to be >=1', '1 以上にしてください'],
    [
      "PORT 80 on HOST ::1 can't be listened on (EACCES): is something else running there?",
      'HOST ::1 の PORT 80 を使えません（EACCES）。別のプログラムが使っていませんか。',
    ],
    [
      "option '--since <when>' argument 'x' is invalid. It has to be a time in the years 2000 to 2199.",
      'オプション --since <when> の値「x」は使えません。2000 to 2199 年の範囲の時刻で指定してください。',
    ],
    ['nobody said this ever', null],
  ])('%s', (text, said) => {
    expect(inJapanese(text)).toBe(said);
  });
});

describe('with --lang ja', () => {
  async function run(...argv: string[]): Promise<{ exitCode: number; text: string }> {
    let text = '';
    const write = (more: string): void => {
      text += more;
    };
    const terminal = {
      env: { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' },
      login: 'tester',
      out: write,
      err: write,
      readInput: async () => '',
    };
    return { exitCode: await runCli([...argv, '--lang', 'ja'], terminal), text };
  }
  const listed = (help: string): string[] =>
    [...(help.split('コマンド:\n')[1] ?? '').matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name ?? '');

  it('every help is Japanese', async () => {
    for (const name of listed((await run('--help')).text))
      for (const inner of ['', ...listed((await run(name, '--help')).text)]) {
        const { text } = await run(...[name, inner].filter((word) => word !== ''), '--help');
        const lines = text.split('\n').filter((line) => !line.includes('$ todoku') && englishIn(line) !== null);
        expect({ name, inner, lines }).toEqual({ name, inner, lines: [] });
      }
  });

  it.each([
    [['nonsense']],
    [['queu']],
    [['queue', 'pause']],
    [['queue', 'pause', '--reason']],
    [['queue', 'pause', '--reason', ' ']],
    [['queue', 'pause', '--reasn', 'x']],
    [['pushes', 'maybe', '--reason', 'x']],
    [['pushes', '--reason', 'x']],
    [['status', 'extra']],
    [['ledger', '--since', 'yesterday']],
    [['ledger', '--by', 'year']],
    [['audit', 'list', '--action', 'broadcast.start']],
    [['explain']],
    [['explain', 'x']],
    [['sql']],
    [['sql', ' ']],
    [['settings', 'set', '11111111-1111-4111-8111-111111111111', '--quiet-hours', '22', '--reason', 'x']],
    [['send', '--user', 'x', '--type', 'a b', '--title', '']],
    [['send', '--file', '/nowhere']],
    [['broadcast', 'preview', '--audience', '{']],
    [['broadcast', 'preview']],
    [['policy', 'set', 'capLimit=0', '--reason', 'x']],
    [['policy', 'set', 'nothing=1', '--reason', 'x']],
    [['policy', 'set', 'defaultLane=bogus', '--reason', 'x']],
    [['types', 'set', 'a b', '--reason', 'x']],
    [['types', 'set', 'a', '--reason', 'x']],
    [['status']],
  ])('%j fails in Japanese', async (argv) => {
    const { exitCode, text } = await run(...argv);
    expect(exitCode).toBeGreaterThan(0);
    const shown = text.replaceAll(/（原文: [^）]*）/g, '');
    expect({ text, english: englishIn(shown.replace(/^ {2}使い方:.*$/gm, '')) }).toEqual({ text, english: null });
    expect(shown).toMatch(/^エラー: /);
    expect(shown.split('\n').slice(0, 2).join(' ')).toMatch(/[ぁ-ん]/);
  });
});
