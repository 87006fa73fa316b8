/** `todoku serve` as a process: when it is ready, and when it must not start. */
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildCli, type TestCli } from '../support/cli.js';
import { Spine } from '../support/spine.js';

let spine: Spine;
let cli: TestCli;
let dataDirectory: string;

beforeAll(async () => {
  spine = await Spine.start();
  cli = await buildCli(spine.url);
});
afterAll(async () => {
  await cli.close();
  await spine.close();
});
beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'todoku-serving-'));
});
afterEach(() => rm(dataDirectory, { recursive: true }));

/** Serves until the work with its address is done; resolves to the exit code. */
async function serving(env: Readonly<Record<string, string>>, work: (url: string) => Promise<void>): Promise<number | null> {
  const server = cli.start(['serve'], { TODOKU_DATA_DIR: dataDirectory, PORT: '0', ...env });
  let said = '';
  server.stdout.on('data', (text: Buffer) => {
    said += text.toString();
  });
  const ended = once(server, 'exit');
  try {
    const url = await vi.waitFor(
      () => {
        const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
        if (address === undefined) throw new Error(`no address yet: ${said}`);
        return address;
      },
      { timeout: 50_000, interval: 50 },
    );
    await work(url);
  } finally {
    server.kill('SIGTERM');
  }
  const [code] = (await ended) as [number | null];
  return code;
}

async function isReady(url: string): Promise<void> {
  const ready = async () => expect((await fetch(`${url}/ready`)).status).toBe(200);
  await vi.waitFor(ready, { timeout: 20_000, interval: 50 });
}

describe('a process with the role api alone', () => {
  it('is ready without any worker, and says that none is alive', async () => {
    const code = await serving({ TODOKU_ROLES: 'api' }, async (url) => {
      await isReady(url);
      expect(await (await fetch(`${url}/ready`)).json()).toMatchObject({ ready: true, checks: { database: 'ok', workers: 'none alive' } });
    });
    expect(code).toBe(0);
  }, 60_000);
});

describe('a process with both roles', () => {
  it('is ready once its worker is heard of', async () => {
    expect(await serving({}, isReady)).toBe(0);
  }, 60_000);
});

describe('when the key file is lost', () => {
  const env = () => ({ TODOKU_ENCRYPTION_KEYS: '', TODOKU_DATA_DIR: dataDirectory });

  it.each([['serve'], ['tokens list --user 7d9f6c1e-0b53-4c8e-9f8e-1f2a3b4c5d6e']])(
    'todoku %s names it, and writes no other',
    async (command) => {
      await spine.user();
      const { exitCode, err } = await cli.run(command.split(' '), { env: { ...env(), PORT: '0' } });
      expect(exitCode).toBe(1);
      expect(err).toContain('KEY_UNAVAILABLE');
      expect(err).toContain(join(dataDirectory, 'encryption-keys'));
      expect(err).toContain('TODOKU_ENCRYPTION_KEYS');
      expect(await readdir(dataDirectory)).toEqual([]);
    },
    60_000,
  );
});
