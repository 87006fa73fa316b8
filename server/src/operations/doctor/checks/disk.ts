import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Check, type Finding, fail, inMib, ok, text, unknown, warn } from '../finding.js';

const WARN_SHARE = 0.1;
const FAIL_SHARE = 0.03;
const FAIL_BYTES = 512 * 2 ** 20;

export const disk: Check = {
  name: 'disk',
  title: text('Disk space', 'ディスク'),
  needsDatabase: false,
  look: async ({ config, database }) => {
    const findings: Finding[] = [await ofFolder(config.dataDirectory)];
    if (config.database.url === null) return findings;
    const [row] = await database.query<{ bytes: number }>('select pg_database_size(current_database()) as bytes').catch(() => []);
    if (row !== undefined) {
      const found = text(
        `the database takes ${inMib(row.bytes)}; how much room its own disk has can't be seen from here`,
        `データベースは ${inMib(row.bytes)}。その空き容量はここからは確認できません`,
      );
      findings.push(
        unknown(found, text('Look at the machine, or at the provider’s page.', 'サーバー側か、提供元の画面で確認してください。')),
      );
    }
    return findings;
  },
};

async function ofFolder(folder: string): Promise<Finding> {
  const { bavail, blocks, bsize } = await statfs(existing(folder));
  const free = bavail * bsize;
  const share = bavail / blocks;
  const percent = Math.round(100 * share);
  const found = text(`${folder}: ${inMib(free)} free (${percent} %)`, `${folder}: 空き ${inMib(free)}（${percent} %）`);
  const remedy = text(
    'Make room, or a larger disk, before it is full: `todoku partitions list` shows what history takes, `todoku partitions drop` lets it go.',
    '満杯になる前に空けるか拡張してください。履歴の容量は `todoku partitions list`、削除は `todoku partitions drop`。',
  );
  if (share < FAIL_SHARE || free < FAIL_BYTES) return fail(found, remedy);
  return share < WARN_SHARE ? warn(found, remedy) : ok(found);
}

/** Before the first start the folder is not there; it will be on the disk of what it stands in. */
function existing(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : existing(dirname(folder));
}
