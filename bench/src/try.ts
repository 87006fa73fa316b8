import { startPostgres } from './setup/postgres.js';
import { startBenchSimulator } from './setup/simulator.js';
import { startPeer } from './throughput/peer.js';
import { startProduct } from './throughput/product.js';
import { playRound } from './throughput/round.js';

const N = Number(process.argv[2] ?? 20000);
const rounds = Number(process.argv[3] ?? 2);
const who = process.argv[4] ?? 'both';
const prof = process.argv[5] ?? null;
const pg = await startPostgres(process.env.PGI ?? null);
const sim = await startBenchSimulator({ ledger: 'off' });
try {
  const cs = [];
  if (who !== 'peer') cs.push(await startProduct(pg, { simulatorUrl: sim.url, users: N, timeLimitMs: 120000, profileFolder: prof }));
  if (who !== 'product') {
    const p = await startPeer(pg, { simulatorUrl: sim.url, timeLimitMs: 120000 });
    p.loops = Number(process.env.LOOPS ?? 4);
    cs.push(p);
  }
  for (let i = 0; i < rounds; i++)
    for (const c of cs) {
      const r = await playRound(c, N, pg, sim);
      const us = (s: number) => ((s / N) * 1e6).toFixed(1);
      console.log(
        c.name.padEnd(26),
        Math.round(r.perSecond),
        '/s',
        'cpu us/n: sender',
        us(r.cpu.sender),
        'pg',
        us(r.cpu.postgres),
        'sim',
        us(r.cpu.simulator),
        'bench',
        us(r.cpu.bench),
        'wal/n',
        Math.round(r.walBytes / N),
        'wire/n',
        Math.round(r.wireBytes / N),
      );
      if (i === rounds - 1 && c.name === 'Todoku') console.table(r.details.statements);
    }
  for (const c of cs) await c.stop();
} finally {
  await sim.stop();
  await pg.stop();
}
