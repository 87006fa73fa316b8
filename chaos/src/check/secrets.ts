import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What must be found nowhere: the secret itself, and the ways in which bytes are usually written as text. */
export class SecretScanner {
  readonly #words: ReadonlyMap<string, string>;
  readonly #needles: readonly { readonly name: string; readonly bytes: Buffer }[];

  /**
   * `secrets`: name and text. Those of many (push tokens) are looked up word by word; the few (keys) are searched for in every spelling. A push
   * token is also recognised by its wrapper, which nothing may show with anything but the mask's ellipsis behind it.
   */
  constructor(tokens: Iterable<string>, few: Iterable<readonly [name: string, secret: string]>) {
    this.#words = new Map([...tokens].map((token) => [insideOf(token), mask(token)]));
    this.#needles = [
      ...[...few].flatMap(([name, secret]) => spellings(secret).map((bytes) => ({ name, bytes }))),
      ...wrappers.flatMap((wrapper) =>
        spellings(wrapper)
          .slice(1)
          .map((bytes) => ({ name: `${wrapper}… in disguise`, bytes })),
      ),
    ];
  }

  /** The names of what a piece of text or bytes holds. */
  scan(chunk: Buffer): Set<string> {
    const found = new Set<string>();
    for (const { name, bytes } of this.#needles) if (chunk.includes(bytes)) found.add(name);
    const text = chunk.toString('latin1');
    for (const [, word = ''] of text.matchAll(/([\w-]{8,})/g)) {
      const name = this.#words.get(word);
      if (name !== undefined) found.add(name);
    }
    return found;
  }

  /** Reads a file piece by piece, each with the end of the one before it. */
  async scanFile(path: string): Promise<Set<string>> {
    const found = new Set<string>();
    let tail: Buffer = Buffer.alloc(0);
    for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) {
      const chunk = Buffer.concat([tail, piece as Buffer]);
      for (const name of this.scan(chunk)) found.add(name);
      tail = chunk.subarray(-overlap);
    }
    return found;
  }
}

const overlap = 512;
const wrappers = ['ExponentPushToken[', 'ExpoPushToken['];

/** `ExponentPushToken[abc]` → `abc`. */
function insideOf(token: string): string {
  return /\[(.*)\]$/.exec(token)?.[1] ?? token;
}

const mask = (token: string): string => `token …${insideOf(token).slice(-4)}`;

/** As it is, in hexadecimal, in base64 at each of its three offsets, and as a URL holds it. */
function spellings(secret: string): Buffer[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // The first and the last characters mix with what stands beside them.
    return text.slice(offset === 0 ? 0 : offset + 1, -2);
  });
  const url = encodeURIComponent(secret);
  return [secret, bytes.toString('hex'), ...base64, ...(url === secret ? [] : [url])].map((text) => Buffer.from(text));
}

/** Every file below these folders and files, `except` left out. What vanishes meanwhile is left out too. */
export async function filesBelow(paths: readonly string[], except: (path: string) => boolean): Promise<string[]> {
  const found: string[] = [];
  const visit = async (path: string): Promise<void> => {
    if (except(path)) return;
    const facts = await stat(path).catch(() => null);
    if (facts?.isFile()) found.push(path);
    if (!facts?.isDirectory()) return;
    for (const name of await readdir(path)) await visit(join(path, name));
  };
  for (const path of paths) await visit(path);
  return found;
}
