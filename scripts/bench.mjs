// `npm run bench` and, with --guard first, `npm run bench:guard`: builds the release, without failpoints, and measures it. Arguments go to the benchmark; --help lists them.
import { ensureInstalled, root } from './install.mjs';

ensureInstalled();
const { build } = await import('./build.mjs');
await build();
const guard = process.argv[2] === '--guard';
const file = guard ? 'guard.js' : 'main.js';
process.argv = [process.argv[0], `${root}bench/dist/${file}`, ...process.argv.slice(guard ? 3 : 2)];
await import(`../bench/dist/${file}`);
