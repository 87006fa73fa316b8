import { type Check, type Finding, fail, orOk, text, warn } from '../finding.js';

const AHEAD_DAYS = 2;

interface Plan {
  readonly parent: string;
  /** Until when partitions reach without a gap, from now on; null: there is none for now. */
  readonly until: Date | null;
  readonly days: number | null;
  readonly strays: boolean;
}

const read = /* sql */ `
with recursive reach as (
  select plan.parent, p.high from push.partition_plan plan cross join lateral push.partitions(plan.parent) p where p.low <= now() and p.high > now()
  union all
  select r.parent, p.high from reach r cross join lateral push.partitions(r.parent) p where p.low = r.high
)
select plan.parent, max(r.high) as until, date_part('epoch', max(r.high) - now()) / 86400 as days
from push.partition_plan plan left join reach r on r.parent = plan.parent group by 1 order by 1`;

export const partitions: Check = {
  name: 'partitions',
  title: text('Partitions', 'パーティション'),
  needsDatabase: true,
  look: async ({ database }) => {
    const plans = await database.query<Omit<Plan, 'strays'> & object>(read);
    const strays = new Set<string>();
    for (const { parent } of plans) {
      // Names of ours: partition_plan is written by migrations only.
      const [row] = await database.query<{ strays: boolean }>(`select exists (select from push.${parent.split('.')[1]}_default) as strays`);
      if (row?.strays === true) strays.add(parent);
    }
    const findings = plans.flatMap((plan) => judge({ ...plan, strays: strays.has(plan.parent) }));
    const least = Math.floor(Math.min(...plans.map(({ days }) => days ?? 0)));
    return orOk(
      findings,
      text(
        `made for at least ${least} days ahead, and nothing lies outside of them`,
        `${least} 日以上先まで作成済み、はみ出した行もありません`,
      ),
    );
  },
};

function judge({ parent, until, days, strays }: Plan): Finding[] {
  const ensure = text(
    '`todoku partitions ensure`; a worker does that every hour, so look at its log why it does not.',
    '`todoku partitions ensure`。ワーカーが毎時行うので、できない理由をログで確認してください。',
  );
  const findings: Finding[] = [];
  if (until === null) {
    findings.push(fail(text(`${parent}: none for now`, `${parent}: 現在の分がありません`), ensure));
  } else if ((days ?? 0) < AHEAD_DAYS) {
    const end = until.toISOString().slice(0, 10);
    findings.push(warn(text(`${parent}: only until ${end}`, `${parent}: ${end} までしかありません`), ensure));
  }
  if (strays) {
    const remedy = text(
      'Rows without a partition of their own: `todoku partitions ensure` moves those of these days; others came with a wrong created_at.',
      '対応するパーティションのない行です。近い日付は `todoku partitions ensure` で移動します。それ以外は created_at の誤りです。',
    );
    findings.push(warn(text(`${parent}: rows lie in its default partition`, `${parent}: 既定パーティションに行があります`), remedy));
  }
  return findings;
}
