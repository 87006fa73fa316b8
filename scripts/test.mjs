// `npm test`: from a fresh clone to a finished test run. Arguments go to vitest.
import { spawn } from 'node:child_process';
import { ensureInstalled, root } from './install.mjs';

ensureInstalled();
const { build } = await import('./build.mjs');
// Some tests start the system as its users do.
await build();
await build({ failpoints: true });
const vitest = spawn(process.execPath, [`${root}node_modules/vitest/vitest.mjs`, 'run', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
// A terminal tells vitest itself, and twice would cut its tidying up short; a signal to this process alone is handed on.
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : vitest.kill(signal)));
vitest.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
