import { keyProblems } from '../../../security/key-canary.js';
import { type KeySet, parseKeys } from '../../../security/key-text.js';
import { keyFileIn } from '../../../security/keyring-file.js';
import { LocalKeyring } from '../../../security/local-keyring.js';
import { readPrivateFile } from '../../../security/private-file.js';
import { type Check, type Finding, fail, type Look, ok, text, warn } from '../finding.js';

/** Whether the keys can be read, and read what is stored. Makes no file and registers no key. */
export const keys: Check = {
  name: 'keys',
  title: text('Encryption keys', '暗号鍵'),
  needsDatabase: true,
  look: async (at) => {
    const found = await keySet(at);
    if ('finding' in found) return [found.finding];
    const keyring = new LocalKeyring(found.keys);
    const problems = await keyProblems(at.database, keyring);
    const remedy = text(
      'Put the key back: into TODOKU_ENCRYPTION_KEYS, or the key file from its backup. No token is touched meanwhile.',
      '鍵を戻してください（TODOKU_ENCRYPTION_KEYS、または鍵ファイルのバックアップ）。それまでトークンは変更されません。',
    );
    if (problems.length > 0) return problems.map((problem) => fail(text(problem, problem), remedy));
    const [row] = await at.database.query<{ registered: boolean }>(
      'select exists (select from push.encryption_keys where key_id = any ($1)) as registered',
      [keyring.keyIds],
    );
    const n = keyring.keyIds.length;
    if (row?.registered !== true) {
      const later = text('Nothing: the next start registers them.', '次の起動時に登録されます。');
      return [warn(text(`${n} can be read, and are not registered yet`, `${n} 個を読めますが、まだ登録されていません`), later)];
    }
    return [ok(text(`${n} can be read, and they fit what is stored`, `${n} 個を読め、保存済みデータと一致します`))];
  },
};

async function keySet({ config, database }: Look): Promise<{ readonly keys: KeySet } | { readonly finding: Finding }> {
  if (config.security.keys !== null) return { keys: config.security.keys };
  const path = keyFileIn(config.dataDirectory);
  const content = await readPrivateFile(path);
  if (content !== null) {
    const parsed = parseKeys(content);
    if (parsed.ok) return { keys: parsed.keys };
    const remedy = text('Put the file back from its backup.', 'バックアップからファイルを戻してください。');
    return { finding: fail(text(`${path}: ${parsed.problem}`, `${path}: ${parsed.problem}`), remedy) };
  }
  const [row] = await database.query<{ seen: boolean }>(
    'select exists (select from push.encryption_keys) or exists (select from public.push_tokens) as seen',
  );
  if (row?.seen !== true) {
    return { finding: ok(text('none yet: the first start makes them', '未作成です。初回起動時に作られます')) };
  }
  const remedy = text(
    'Run it where the keys are, or put the file back from its backup: without it stored tokens can’t be read.',
    '鍵のある環境で実行するか、バックアップからファイルを戻してください。ないと保存済みトークンを読めません。',
  );
  return {
    finding: fail(
      text(`${path} is not there, and the database needs its keys`, `${path} がなく、データベースはその鍵を必要としています`),
      remedy,
    ),
  };
}
