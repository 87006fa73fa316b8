import { judge } from '../check/judge.js';
import type { Verdict } from '../check/verdict.js';
import { play } from './stage/script.js';
import { Stage } from './stage/stage.js';
import { writeRecords } from './stage/write-records.js';

/** A short run of a copy of the product, from an empty database to the verdict. */
export async function runShort(product: string, say: (what: string) => void): Promise<Verdict> {
  const stage = await Stage.open(product);
  try {
    const played = await play(stage, say);
    await stage.stopProduct();
    say('judging');
    await writeRecords(stage, played);
    return await judge(stage.records, stage.databaseUrl);
  } finally {
    await stage.close();
  }
}
