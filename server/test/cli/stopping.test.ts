import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildCli, type TestCli } from '../support/cli.js';
import { closeServer, listen } from '../support/raw-server.js';
import { Spine } from '../support/spine.js';

let spine: Spine;
let cli: TestCli;
let dataDirectory: string;

beforeAll(async () => {
  spine = await Spine.start();
  cli = await buildCli(spine.url);
  dataDirectory = await mkdtemp(join(tmpdir(), 'todoku-'));
});
afterAll(async () => {
  await cli.close();
  await spine.close();
  await rm(dataDirectory, { recursive: true });
});

/** Takes connections and never says a word. */
async function silentServer() {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
  });
  return {
    url: await listen(server),
    connections: () => sockets.length,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await closeServer(server);
    },
  };
}

describe('serve', () => {
  it('ends by itself, and says so in its exit code, when what is on the wire does not come back in time', async () => {
    const provider = await silentServer();
    const env = { TODOKU_DATA_DIR: dataDirectory, PORT: '0', EXPO_BASE_URL: provider.url, TODOKU_SHUTDOWN_SECONDS: '1' };
    const server = cli.start(['serve'], env);
    let log = '';
    server.stdout.on('data', (text: Buffer) => {
      log += text.toString();
    });
    const ended = once(server, 'exit');
    await spine.notify((await spine.user()).id);
    const sending = async () => expect(await spine.admin.query('select 1 from push.chunks where state = 2')).toHaveLength(1);
    await vi.waitFor(sending, { timeout: 20_000, interval: 50 });
    server.kill('SIGTERM');
    expect(await ended).toEqual([1, null]);
    expect(log).toContain('a stopping phase took too long');
  }, 60_000);

  it('obeys a signal while it is starting, also in a step that does not come to its end', async () => {
    const database = await silentServer();
    const env = { TODOKU_DATA_DIR: dataDirectory, PORT: '0', DATABASE_URL: `postgres://u:p@${new URL(database.url).host}/x` };
    const server = cli.start(['serve'], env);
    const ended = once(server, 'exit');
    await vi.waitFor(() => expect(database.connections()).toBe(1), { timeout: 20_000, interval: 50 });
    server.kill('SIGTERM');
    expect(await ended).toEqual([1, null]);
    await database.close();
  }, 60_000);

  it('says after ten seconds that a database which takes connections and is silent gives no answer', async () => {
    const database = await silentServer();
    const env = { TODOKU_DATA_DIR: dataDirectory, PORT: '0', DATABASE_URL: `postgres://u:p@${new URL(database.url).host}/x` };
    const { exitCode, err } = await cli.run(['serve'], { env });
    expect(err).toContain('DATABASE_UNAVAILABLE');
    expect(exitCode).toBe(1);
    await database.close();
  }, 60_000);

  it('ends by itself when it could not start and something of it is still open', async () => {
    const taken = await silentServer();
    const env = {
      TODOKU_DATA_DIR: dataDirectory,
      PORT: new URL(taken.url).port,
      NODE_OPTIONS: '--import data:text/javascript,setInterval(()=>0,1000)',
    };
    const { exitCode, err } = await cli.run(['serve'], { env });
    expect(err).toContain('EADDRINUSE');
    expect(exitCode).toBe(2);
    await taken.close();
  }, 60_000);
});
