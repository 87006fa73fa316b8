import { describe, expect, it } from 'vitest';
import { silentLogger } from '../logging/logger.js';
import { runPhases } from './shutdown.js';

describe('runPhases', () => {
  it('runs every phase in order, also after one that fails and one that hangs', async () => {
    const ran: string[] = [];
    const phase = (name: string, run: () => Promise<void>) => ({
      name,
      timeoutMs: 20,
      run: async () => {
        ran.push(name);
        await run();
      },
    });
    const unfinished = await runPhases(
      [
        phase('stop taking', async () => undefined),
        phase('drain', async () => {
          throw new Error('broken');
        }),
        phase('settle', () => new Promise(() => undefined)),
        phase('close', async () => undefined),
      ],
      silentLogger,
    );
    expect(ran).toEqual(['stop taking', 'drain', 'settle', 'close']);
    expect(unfinished).toEqual(['drain', 'settle']);
  });
});
