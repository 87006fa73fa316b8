import type { Queryable } from '../database/database.js';
import { type FigureName, figureOf, type Reading } from './figures.js';
import { type Flow, readFlows } from './tallies.js';

const DELIVERED = ['state:accepted_by_platform', 'state:acked_by_device'];
/** Ended without having reached a platform. What was cancelled was not meant to. */
const LOST = ['state:failed', 'state:expired', 'state:unknown', 'state:receipt_missing', 'state:dead_letter'];

/** The figures that look back over a window. */
export async function readFlowFigures(database: Queryable): Promise<[FigureName, readonly Reading[]][]> {
  const flows = (name: FigureName, items: readonly string[]): Promise<Flow[]> => readFlows(database, items, figureOf(name).window ?? 0);
  const ended = await flows('delivery_success_rate', [...DELIVERED, ...LOST]);
  const answers = await flows('error_rate', ['sent', 'error:*']);
  const sent = (await flows('average_delivery_ms', ['sent'])).filter(({ item }) => item === 'sent');
  const inbox = await flows('engagement_rate', ['engaged', 'accepted']);
  const [tokens] = await database.query<{ lost: number; active: number }>(lostTokens, [figureOf('token_invalidation_rate').window]);
  const delivered = count(ended, ({ item }) => DELIVERED.includes(item));
  const lost = count(ended, ({ item }) => LOST.includes(item));
  const accepted = count(answers, ({ item }) => item === 'sent');
  const errors = count(answers, ({ item }) => item !== 'sent');
  const lostOnes = tokens?.lost ?? 0;
  return [
    ['delivery_success_rate', share('delivery_success_rate', delivered, delivered + lost)],
    ['error_rate', share('error_rate', errors, accepted + errors)],
    ['average_delivery_ms', average(sent)],
    // A notification may be opened in another window than it came in.
    [
      'engagement_rate',
      share(
        'engagement_rate',
        count(inbox, ({ item }) => item === 'engaged'),
        count(inbox, ({ item }) => item === 'accepted'),
      ),
    ],
    ['token_invalidation_rate', share('token_invalidation_rate', lostOnes, lostOnes + (tokens?.active ?? 0))],
  ];
}

/** $1 seconds. */
const lostTokens = /* sql */ `
select
  (select count(*) from public.push_tokens
   where state in ('quarantined', 'invalid') and state_at > clock_timestamp() - make_interval(secs => $1)) as lost,
  (select count(*) from public.push_tokens where is_active) as active`;

/** An operator's requeue takes a failure back: a window may then count less than nothing. */
const count = (flows: readonly Flow[], which: (flow: Flow) => boolean): number =>
  Math.max(
    0,
    flows.filter(which).reduce((total, { n }) => total + n, 0),
  );

function share(name: FigureName, part: number, whole: number): Reading[] {
  const value = whole === 0 || whole < figureOf(name).fewest ? null : Math.min(1, part / whole);
  return [{ subject: '', value, samples: whole }];
}

function average(sent: readonly Flow[]): Reading[] {
  const n = sent.reduce((total, flow) => total + flow.n, 0);
  const ms = sent.reduce((total, flow) => total + flow.ms, 0);
  return [{ subject: '', value: n === 0 ? null : ms / n, samples: n }];
}
