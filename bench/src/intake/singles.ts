import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bench, timeLimitMs } from '../bench.js';
import type { Figure } from '../figures.js';
import type { Child } from '../processes/child.js';
import type { Drive, Driven } from '../run-http-driver.js';
import { freePort } from '../setup/free-port.js';
import { emptyProduct, type ProductDatabase } from '../setup/product-database.js';
import { serverEnvironment } from '../setup/worker-process.js';
import { quantile, spread } from '../statistics.js';
import { until } from '../wait.js';

const connections = 32;
const pollMs = 50;
const startLimitMs = 30_000;

/** Requests a second of single notifications by HTTP. The server, its driver and Postgres share the machine. */
export async function measureSingles(
  bench: Bench,
  database: ProductDatabase,
): Promise<{ readonly figures: Figure[]; readonly details: unknown }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const api = await bench.processes.start({
    module: 'run-api',
    env: serverEnvironment(bench, database.url, { PORT: String(port), TODOKU_ROLES: 'api', TODOKU_RATE_LIMIT: 'false' }),
  });
  const driver = await bench.processes.start({ module: 'run-http-driver' });
  try {
    await until(() => answers(url), pollMs, startLimitMs);
    const key = readFileSync(join(bench.postgres.folder, 'admin-key'), 'utf8').trim();
    const requests = bench.options.quick ? 1_000 : 20_000;
    const rounds = { plain: [] as Round[], keyed: [] as Round[] };
    // The first round is not counted: code is compiled, connections open.
    for (let round = 0; round <= bench.options.rounds; round += 1) {
      for (const keyed of [false, true]) {
        const driven = await play(database, driver, api, { url, key, requests, connections, keyed });
        if (round === 0) continue;
        rounds[keyed ? 'keyed' : 'plain'].push(driven);
        const what = `${Math.round(driven.perSecond)}/s, p99 ${driven.p99.toFixed(1)} ms`;
        bench.say(`intake: round ${round}/${bench.options.rounds} by HTTP${keyed ? ', Idempotency-Key' : ''}: ${what}`);
      }
    }
    return {
      figures: [
        ...figures('plain', 'Intake by HTTP, singles', rounds.plain, { atLeast: 5_000 }),
        ...figures('keyed', 'Intake by HTTP, singles with Idempotency-Key', rounds.keyed, null),
      ],
      details: { requests, connections, ...rounds },
    };
  } finally {
    await driver.stop();
    await api.stop();
  }
}

interface Round {
  readonly perSecond: number;
  readonly median: number;
  readonly p99: number;
  readonly cpu: { readonly api: number; readonly driver: number };
}

async function play(database: ProductDatabase, driver: Child, api: Child, drive: Drive): Promise<Round> {
  await emptyProduct(database);
  const before = api.cpu();
  const { seconds, milliseconds, cpuSeconds } = await driver.ask<Driven>('drive', drive, timeLimitMs);
  const cpu = { api: api.cpu() - before, driver: cpuSeconds };
  const [stored] = await database.admin.query<{ n: number }>('select count(*)::int as n from notifications');
  if (stored?.n !== drive.requests) throw new Error(`${stored?.n} notifications are stored, of ${drive.requests}`);
  return { perSecond: drive.requests / seconds, median: quantile(milliseconds, 0.5), p99: quantile(milliseconds, 0.99), cpu };
}

function figures(id: string, what: string, rounds: readonly Round[], target: Figure['target']): Figure[] {
  return [
    { id: `intake.http.${id}`, what, unit: '/s', value: spread(rounds.map(({ perSecond }) => perSecond)), target },
    {
      id: `intake.http.${id}.p99`,
      what: `${what}: p99 at that load, ${connections} connections`,
      unit: 'ms',
      value: spread(rounds.map(({ p99 }) => p99)),
      target: null,
    },
  ];
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`)).ok;
  } catch {
    return false;
  }
}
