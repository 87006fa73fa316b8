import { PostgresQueueEngine } from '../../src/queue/postgres/postgres-queue-engine.js';
import { testDatabase } from '../support/database.js';
import { describeQueueEngine } from './queue-engine-conformance.js';

describeQueueEngine('postgres', async () => {
  const { database, admin, close } = await testDatabase();
  let limited = false;
  const refresh = async (): Promise<void> => {
    const [row] = await admin.query<{ limited: boolean }>('select rate_budget is not null as limited from push.projects where id = 1');
    limited = row?.limited ?? false;
  };
  const make = (worker: string): PostgresQueueEngine => {
    const engine = new PostgresQueueEngine({
      database,
      monotonic: () => performance.now(),
      worker,
      receiptDelaySeconds: 900,
      hasReceipts: () => true,
      hasBudget: () => limited,
      keepsBudgets: true,
    });
    const claim = engine.claim.bind(engine);
    engine.claim = async (request) => {
      await refresh();
      return await claim(request);
    };
    const claimNew = engine.claimNew.bind(engine);
    engine.claimNew = async (tx, request, ids) => {
      await refresh();
      return await claimNew(tx, request, ids);
    };
    return engine;
  };
  return { engine: make('one'), other: make('two'), admin, database, close };
});
