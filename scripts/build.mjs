// Translates src to dist, file by file. Only what changed since the last time; nothing changed: a few milliseconds.
// --failpoints: to dist-failpoints, with the points at which the chaos tests stop or kill the process left in.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './install.mjs';

const packages = ['server', 'simulator', 'bench'];

export async function build({ failpoints = false } = {}) {
  // The simulator has no failpoints, and both builds of the server import the same one.
  for (const name of packages) await buildPackage(name, failpoints && name === 'server');
}

async function buildPackage(name, failpoints) {
  const from = join(root, name, 'src');
  const to = join(root, name, failpoints ? 'dist-failpoints' : 'dist');
  const stampFile = join(to, '.build.json');
  const tool = digest(readFileSync(fileURLToPath(import.meta.url)));
  const built = readStamp(stampFile, tool);
  const sources = new Map(listSources(from).map((file) => [file, digest(readFileSync(join(from, file)))]));
  const stale = [...sources].filter(([file, hash]) => built[file] !== hash).map(([file]) => file);
  const gone = Object.keys(built).filter((file) => !sources.has(file));
  if (stale.length === 0 && gone.length === 0) return;
  for (const file of gone) for (const end of ['js', 'js.map']) rmSync(join(to, outputOf(file, end)), { force: true });
  if (stale.length > 0) await translate(from, to, stale, failpoints);
  replaceFile(stampFile, JSON.stringify({ tool, files: Object.fromEntries(sources) }));
}

async function translate(from, to, files, failpoints) {
  const esbuild = await import('esbuild');
  const result = await esbuild.build({
    entryPoints: files.map((file) => join(from, file)),
    outbase: from,
    outdir: to,
    bundle: false,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    sourcemap: 'linked',
    // Removes `if (false) …`: in a release build nothing calls a failpoint.
    minifySyntax: true,
    define: { FAILPOINTS: String(failpoints) },
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true, target: 'es2023' } },
    logLevel: 'error',
  });
  for (const { path, contents } of result.outputFiles) replaceFile(path, contents);
  // Its own process would stay for as long as this one, which may go on as the server.
  await esbuild.stop();
}

function listSources(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !/\.(test|d)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

function readStamp(file, tool) {
  if (!existsSync(file)) return {};
  const stamp = JSON.parse(readFileSync(file, 'utf8'));
  return stamp.tool === tool ? stamp.files : {};
}

/** In one step, because another process may be starting from the same files. */
function replaceFile(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, content);
  renameSync(draft, file);
}

const outputOf = (file, end) => file.replace(/ts$/, end);
const digest = (content) => createHash('sha256').update(content).digest('base64');

if (process.argv[1] === fileURLToPath(import.meta.url)) await build({ failpoints: process.argv.includes('--failpoints') });
