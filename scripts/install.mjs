// Brings node_modules to what package-lock.json says. Node's builtins only: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));
const lockFile = path('package-lock.json');
const stampFile = path('node_modules/.todoku-installed');
const oldestNode = [20, 19];

export function ensureInstalled() {
  refuseOldNode();
  const wanted = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  if (isInstalled(wanted)) return;
  console.log('Installing packages (npm ci) …');
  // Under `npm start` the same npm; the packages for development too, because they build and test.
  const npm = process.env.npm_execpath ?? '';
  const [file, args] = basename(npm) === 'npm-cli.js' ? [process.execPath, [npm]] : ['npm', []];
  const done = spawnSync(file, [...args, 'ci', '--include=dev', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: file === 'npm' && process.platform === 'win32',
  });
  if (done.status !== 0) {
    console.error(
      `npm ci failed${done.error === undefined ? '' : `: ${done.error.message}`}. The first start needs the npm registry; later ones do not.`,
    );
    process.exit(done.status ?? 1);
  }
  writeFileSync(stampFile, wanted);
}

/** By the lock file's content; an install that was made by hand is taken when it is newer than the lock file. */
function isInstalled(wanted) {
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return true;
  const record = path('node_modules/.package-lock.json');
  return existsSync(record) && statSync(record).mtimeMs >= statSync(lockFile).mtimeMs;
}

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  console.error(`Todoku needs Node ${oldestNode.join('.')} or newer; this is ${process.versions.node}.`);
  process.exit(1);
}
