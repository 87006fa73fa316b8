// `npm start`: from a fresh clone to the running system, in this very process, so that signals and the exit code are the server's own.
import { ensureInstalled, root } from './install.mjs';

ensureInstalled();
const { build } = await import('./build.mjs');
await build();
process.setSourceMapsEnabled(true);
process.argv = [process.argv[0], `${root}server/dist/cli/main.js`, 'serve', ...process.argv.slice(2)];
await import('../server/dist/cli/main.js');
