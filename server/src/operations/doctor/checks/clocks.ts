import { type Check, type Finding, fail, type Look, ok, text, unknown, warn } from '../finding.js';

const WARN_MS = 1_000;
const FAIL_MS = 5_000;
/** A Date header has whole seconds. */
const PROVIDER_WARN_MS = 3_000;

const sync = text(
  'Let a time service (chrony, systemd-timesyncd, that of the host) set the clock that is wrong; due times, quiet hours and expiry go by the database’s.',
  'ずれている時計を時刻同期（chrony、systemd-timesyncd など）で合わせてください。送信時刻、おやすみモード、期限はデータベースの時計に従います。',
);

export const clocks: Check = {
  name: 'clock',
  title: text('Clocks', '時計'),
  needsDatabase: false,
  look: async (at) => [await ofDatabase(at), ...(await ofProcesses(at)), await ofProvider(at)],
};

/** This process against the database: the error of the measurement is half of what the question took. */
async function ofDatabase({ database, clock }: Look): Promise<Finding> {
  const before = clock.now().getTime();
  const asked = await database.query<{ at: Date }>('select clock_timestamp() as at').catch(() => []);
  const after = clock.now().getTime();
  const [row] = asked;
  if (row === undefined) return unknown(text('against the database: it does not answer', 'データベースとの差: 応答しません'));
  const skew = Math.round(row.at.getTime() - (before + after) / 2);
  const margin = Math.ceil((after - before) / 2);
  const found = text(`against the database: ${skew} ms (± ${margin})`, `データベースとの差: ${skew} ms（± ${margin}）`);
  const sure = Math.abs(skew) - margin;
  if (sure > FAIL_MS) return fail(found, sync);
  return sure > WARN_MS ? warn(found, sync) : ok(found);
}

/** The others, as they said with their last heartbeat. */
async function ofProcesses({ database }: Look): Promise<Finding[]> {
  const rows = await database
    .query<{ id: string; skew: number }>(
      /* sql */ `
      select id, round(((stats ->> 'clockMs')::float8 - 1000 * date_part('epoch', heartbeat_at))::numeric)::int as skew from push.workers
      where stopped_at is null and heartbeat_at > now() - interval '1 minute' and stats ? 'clockMs' order by id`,
    )
    .catch(() => []);
  return rows
    .filter(({ skew }) => Math.abs(skew) > WARN_MS)
    .map(({ id, skew }) =>
      warn(text(`process ${id} against the database: ${skew} ms`, `プロセス ${id} とデータベースの差: ${skew} ms`), sync),
    );
}

async function ofProvider({ providerTime, clock }: Look): Promise<Finding> {
  const time = await providerTime();
  if (time === null) return unknown(text('against the provider: it did not say its time', '送信先との差: 時刻が得られません'));
  const skew = time.getTime() - clock.now().getTime();
  const found = text(`against the provider: about ${Math.round(skew / 1000)} s`, `送信先との差: 約 ${Math.round(skew / 1000)} 秒`);
  return Math.abs(skew) > PROVIDER_WARN_MS ? warn(found, sync) : ok(found);
}
