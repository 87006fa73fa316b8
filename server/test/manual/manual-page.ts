import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { slugOf } from '../../src/http/manual/render-markdown.js';

const manualFolder = fileURLToPath(new URL('../../../docs/manual/', import.meta.url));
export type ManualLanguage = 'en' | 'ja';

/** What can be run. */
type BlockLanguage = 'sh' | 'sql' | 'ts';

export interface Block {
  readonly page: string;
  /** In the page, for whoever has to mend it. */
  readonly line: number;
  readonly language: BlockLanguage;
  readonly code: string;
  /** What it has to print, … standing for anything; null: nobody says, which a test refuses. */
  readonly expected: string | null;
  /** 0, or what `<!-- exit N -->` says. */
  readonly exitCode: number;
}

interface Section {
  readonly id: string;
  readonly level: number;
  readonly title: string;
  readonly blocks: readonly Block[];
  readonly text: string;
}

export interface Page {
  readonly name: string;
  readonly sections: readonly Section[];
}

export function pageNames(language: ManualLanguage): string[] {
  return readdirSync(`${manualFolder}${language}`)
    .filter((file) => file.endsWith('.md'))
    .map((file) => file.replace(/\.md$/, ''))
    .sort();
}

interface Draft {
  id: string;
  level: number;
  title: string;
  blocks: Block[];
  text: string;
}

/**
 * Reads a page. After a block to run comes what it has to print: a block of `text`, which people see, too, or the comment `<!-- prints … -->`.
 */
export function readPage(language: ManualLanguage, name: string): Page {
  const lines = readFileSync(`${manualFolder}${language}/${name}.md`, 'utf8').split('\n');
  const sections: Draft[] = [];
  let anchor: string | null = null;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const heading = /^(#{1,4}) (.+)$/.exec(line);
    anchor = /^<a id="([^"]+)"><\/a>$/.exec(line)?.[1] ?? anchor;
    const section = sections.at(-1);
    if (heading !== null) {
      const title = heading[2] ?? '';
      const level = heading[1]?.length ?? 1;
      // The title of a page is in its language, and nobody links it.
      sections.push({ id: level === 1 ? 'top' : (anchor ?? slugOf(title)), level, title, blocks: [], text: '' });
      anchor = null;
    } else if (section !== undefined && /^```/.test(line)) at = readBlock({ lines, at, page: `${language}/${name}`, section });
    else if (section !== undefined) section.text += `${line}\n`;
  }
  return { name, sections };
}

interface Place {
  readonly lines: readonly string[];
  readonly at: number;
  readonly page: string;
  readonly section: Draft;
}

function readBlock({ lines, at, page, section }: Place): number {
  const language = (lines[at] ?? '').slice(3);
  const end = lines.indexOf('```', at + 1);
  const code = lines.slice(at + 1, end).join('\n');
  const isRun = language === 'sh' || language === 'sql' || language === 'ts';
  if (!isRun) throw new Error(`${page}.md:${at + 1}: a block of '${language}' that follows no block to run`);
  const { expected, exitCode, last } = readExpectation(lines, end);
  section.blocks.push({ page, line: at + 1, language, code, expected, exitCode });
  return last;
}

function readExpectation(lines: readonly string[], blockEnd: number): { expected: string | null; exitCode: number; last: number } {
  let at = blockEnd + 1;
  let exitCode = 0;
  for (; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const exit = /^<!-- exit (\d+) -->$/.exec(line);
    if (exit !== null) exitCode = Number(exit[1]);
    else if (line.trim() !== '') break;
  }
  const line = lines[at] ?? '';
  if (line === '```text') {
    const end = lines.indexOf('```', at + 1);
    return { expected: lines.slice(at + 1, end).join('\n'), exitCode, last: end };
  }
  const comment = /^<!-- prints( (.*?))?(-->)?$/.exec(line);
  if (comment === null) return { expected: null, exitCode, last: blockEnd };
  if (comment[3] !== undefined) return { expected: (comment[2] ?? '').trim(), exitCode, last: at };
  const end = lines.findIndex((one, i) => i > at && one.trim() === '-->');
  return { expected: lines.slice(at + 1, end).join('\n'), exitCode, last: end };
}

/** … stands for anything, also for nothing and for many lines; how much white space there is does not matter. */
export function patternOf(expected: string): RegExp {
  const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/\s+/g, '\\s+');
  const parts = expected.trim().split(/\s*…\s*/);
  return new RegExp(`^\\s*${parts.map(literal).join('[\\s\\S]*')}\\s*$`);
}
