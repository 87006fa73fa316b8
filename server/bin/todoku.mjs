#!/usr/bin/env node
// The command of a clone: runs what the sources say now.
import { build } from '../../scripts/build.mjs';

await build();
process.setSourceMapsEnabled(true);
await import('../dist/cli/main.js');
