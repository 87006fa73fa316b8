import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Check, fail, orOk, text, unknown, warn } from '../finding.js';

/** Files with secrets, and copies of them that somebody laid beside them. */
const secrets = /^(admin-key|encryption-keys|postgres\.json)/;
const OTHERS = 0o077;

/** Looks at their rights only, never into them. */
export const secretFiles: Check = {
  name: 'secret-files',
  title: text('Files with secrets', '機密ファイル'),
  needsDatabase: false,
  look: async ({ config }) => {
    const folder = config.dataDirectory;
    const names = await readdir(folder).catch(() => null);
    if (names === null)
      return [unknown(text(`${folder} is not there, or not readable for this user`, `${folder} がないか、このユーザーには読めません`))];
    const found = await Promise.all(
      names
        .filter((name) => secrets.test(name))
        .map(async (name) => {
          const path = join(folder, name);
          const { mode } = await stat(path);
          return { path, mode: mode & 0o777 };
        }),
    );
    const open = found.filter(({ mode }) => (mode & OTHERS) !== 0);
    const isKey = (path: string): boolean => !path.includes('postgres.json');
    return orOk(
      open.map(({ path, mode }) => {
        const what = text(
          `${path} can be read by others (mode ${mode.toString(8)})`,
          `${path} を他人が読めます（モード ${mode.toString(8)}）`,
        );
        const remedy = text(
          `\`chmod 600 ${path}\`. Count it as known: revoke an admin key (\`todoku keys revoke\`) and delete its file, rotate encryption keys.`,
          `\`chmod 600 ${path}\`。漏れたものとして扱い、管理キーは \`todoku keys revoke\` で失効させてファイルを削除、暗号鍵は更新してください。`,
        );
        return isKey(path) ? fail(what, remedy) : warn(what, remedy);
      }),
      text(`${found.length} files, readable by their owner only`, `${found.length} ファイル、所有者のみ読み取り可`),
    );
  },
};
