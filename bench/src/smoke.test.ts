import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { isMet } from './figures.js';
import { suiteNames } from './options.js';
import type { Result } from './report/result.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'todoku-smoke-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly pid: number;
  readonly output: string;
  readonly progress: string;
}

function bench(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, ['scripts/bench.mjs', ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let progress = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (progress += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, pid: child.pid ?? 0, output, progress }));
  });
}

it('measures everything at a tiny size, with nothing lost or unaccounted for, and leaves nothing behind', {
  timeout: 480_000,
}, async () => {
  const json = join(folder, 'result.json');
  const { code, pid, output, progress } = await bench(
    '--quick',
    '--count',
    '600',
    '--warm-up',
    '100',
    '--backlog',
    '300,700',
    '--history',
    '2000',
    '--recipients',
    '1500',
    '--json',
    json,
  );
  // Each round throws when the contestant, the simulator and the ledger do not agree on every notification.
  expect({ code, progress }).toEqual({ code: 0, progress: expect.any(String) });
  const { suites, machine } = JSON.parse(readFileSync(json, 'utf8')) as Result;
  expect(Object.keys(suites)).toEqual(suiteNames);
  expect(Object.keys(machine.postgresSettings)).not.toContain('fsync');
  const figures = Object.values(suites).flatMap((suite) => suite.figures);
  // So little work may take less processor time than the kernel counts, some of them keep nothing, and of so few none may be refused.
  const counted = figures.filter(({ id }) => !/[.]cpu[.]|[.](sdk|webhook|bullmq.*)[.]wal$|[.]refused$/.test(id));
  for (const figure of counted) {
    expect(figure, figure.id).toEqual({ ...figure, value: expect.objectContaining({ median: expect.any(Number) }) });
    expect(figure.value.median, figure.id).toBeGreaterThan(0);
    expect([true, false, null]).toContain(isMet(figure));
    expect(output).toContain(figure.what);
  }
  const peers = ['pg-boss', 'graphile-worker', 'webhook', 'sdk'].map((name) => `throughput.peer.${name}`);
  expect(figures.map(({ id }) => id)).toEqual(expect.arrayContaining(peers));
  // Where there is no Redis, that is said.
  const withRedis = figures.some(({ id }) => id === 'throughput.peer.bullmq');
  expect(withRedis || output.includes('there is no redis-server')).toBe(true);
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`todoku-bench-${pid}-`))).toEqual([]);
});

it('ends with 2 when it is told something that it does not know', async () => {
  const { code, progress } = await bench('--only', 'speed');
  expect(code).toBe(2);
  expect(progress).toContain('"speed"');
});
