import { runServe } from '@todoku/server/cli/serve.js';
import { loadConfig } from '@todoku/server/config/load-config.js';
import { obey } from './processes/obey.js';

/** `todoku serve` in a process of its own, from the environment. */
const served = runServe(loadConfig(process.env));

obey({}, async () => {
  process.kill(process.pid, 'SIGTERM');
  await served;
});
