import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { runsUnderFaults } from './faults/fault-suite.js';

/** Paths relative to the root. */
export interface TestFiles {
  /** Never touch Postgres: what they prove does not depend on its version. */
  readonly unit: readonly string[];
  readonly database: readonly string[];
  /** Of `database`: those that hold also when statements and connections fail. */
  readonly underFaults: readonly string[];
}

const databases = 'server/test/support/database.ts';
const servers = 'server/test/support/test-server.ts';
const workers = 'server/test/support/spine.ts';
/** Without them, or a door on such a database, no statement of a spine's test fails. */
const usesWorkers = /\.(?:worker|asProduct)\(/;

/**
 * Sorts the test files by what they import, directly or through others: nobody has to remember to sort a new one. A file that is sorted
 * wrongly fails, because the unit project has no Postgres to give.
 */
export function sortTestFiles(root: string, folders: readonly string[]): TestFiles {
  const imports = new Imports(root);
  const needsPostgres = (file: string): boolean =>
    imports.reaches(file, databases) || imports.reaches(file, servers) || imports.textOf(file).includes('TEST_POSTGRES');
  const files = folders.flatMap((folder) => testFilesIn(root, folder)).sort();
  const database = files.filter(needsPostgres);
  return {
    unit: files.filter((file) => !database.includes(file)),
    database,
    underFaults: database.filter(
      (file) => imports.reaches(file, workers) && usesWorkers.test(imports.textOf(file)) && runsUnderFaults(file),
    ),
  };
}

/** Who imports whom, read from the texts. */
class Imports {
  readonly #root: string;
  readonly #texts = new Map<string, string>();
  readonly #reached = new Map<string, ReadonlySet<string>>();

  constructor(root: string) {
    this.#root = root;
  }

  textOf(file: string): string {
    const text = this.#texts.get(file) ?? readFileSync(join(this.#root, file), 'utf8');
    this.#texts.set(file, text);
    return text;
  }

  reaches(file: string, other: string): boolean {
    const known = this.#reached.get(file);
    if (known !== undefined) return known.has(other);
    const found = new Set<string>();
    const open = [file];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (found.has(next)) continue;
      found.add(next);
      open.push(...this.#importsOf(next));
    }
    this.#reached.set(file, found);
    return found.has(other);
  }

  #importsOf(file: string): string[] {
    return [...this.textOf(file).matchAll(/(?:\bfrom|\bimport) '(\.[^']+)\.js'|import\('(\.[^']+)\.js'\)/g)].map(
      ([, fixed, dynamic]) => `${join(dirname(file), fixed ?? dynamic ?? '')}.ts`,
    );
  }
}

const built = /(^|\/)(node_modules|dist|dist-failpoints)\//;

function testFilesIn(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => !built.test(file));
}
