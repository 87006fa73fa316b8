import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { messagesTo, send } from '../test/support/raw-http.js';
import { connectSimulator } from './simulator.js';

const CLI = new URL('./cli.ts', import.meta.url).href;
const running: ChildProcess[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

/** Runs the command from source, as the built one runs. */
function start(...args: string[]): ChildProcess {
  const code = `import(${JSON.stringify(CLI)}).then(({ runCli }) => runCli(process.argv.slice(1)))`;
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code, '--', ...args], { cwd });
  running.push(child);
  return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no stdout');
  const [line] = await once(createInterface(child.stdout), 'line');
  return String(line);
}

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const child = start(...args);
  let out = '';
  let err = '';
  child.stdout?.on('data', (piece) => (out += piece));
  child.stderr?.on('data', (piece) => (err += piece));
  const [code] = await once(child, 'close');
  return { code, out, err };
}

describe('todoku-simulator', () => {
  it('says when it is ready, takes its options, and stops cleanly on SIGTERM', async () => {
    const child = start(
      '--port',
      '0',
      '--rate',
      'off',
      '--receipt-delay',
      '15m',
      '--fault',
      'status_503',
      '--fault',
      '{"kind":"status_500","times":2}',
      '--json',
    );
    const ready = JSON.parse(await firstLine(child)) as { event: string; url: string; control: string };
    expect(ready).toMatchObject({ event: 'ready', control: `${ready.url}/simulator` });
    const statuses: number[] = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await send(ready.url, messagesTo(1))).status);
    expect(statuses).toEqual([503, 500, 500, 200]);
    await connectSimulator(ready.url).addFault({ kind: 'accept_then_hang' });
    const hanging = send(ready.url, messagesTo(1)).catch(() => 'broken');
    await connectSimulator(ready.url).waitForAccepted(2);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await hanging).toBe('broken');
  });

  it('explains itself with examples', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    expect(out).toContain('Examples:');
    expect(out).toContain('accept_then_reset');
  });

  it.each([
    ['--port', 'eighty'],
    ['--rate', '-1'],
    ['--receipt-delay', 'soon'],
    ['--ledger', 'some'],
    ['--fault', 'meteor'],
    ['--fault', '{"kind":'],
    ['--fault', 'status_500=x'],
    ['--colour', 'red'],
  ])('refuses %s %s with exit code 2', async (flag, value) => {
    const { code, err } = await run(flag, value);
    expect(code).toBe(2);
    expect(err).toContain(flag);
  });

  it('says with exit code 1 that its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { code, err } = await run('--port', String(port));
    other.close();
    expect(code).toBe(1);
    expect(err).toContain('EADDRINUSE');
  });
});
