// `npm run bench`: builds the release, without failpoints, and measures it. Arguments go to the benchmark; --help lists them.
import { ensureInstalled, root } from './install.mjs';

ensureInstalled();
const { build } = await import('./build.mjs');
await build();
process.argv = [process.argv[0], `${root}bench/dist/main.js`, ...process.argv.slice(2)];
await import('../bench/dist/main.js');
