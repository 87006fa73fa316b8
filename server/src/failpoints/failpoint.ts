/**
 * Named places where a test build dies, stops, waits or throws on purpose. Release builds hold none: the build replaces FAILPOINTS by false
 * and drops every call.
 *
 * TODOKU_FAILPOINTS="after_claim=kill9@2,before_settle_commit=delay:500" arms them: at the second hit of after_claim the process kills itself.
 */
interface Armed {
  readonly action: string;
  readonly hit: number;
  hits: number;
}

/** Every failpoint there is; the chaos run fails when one of them was never hit. */
const FAILPOINT_NAMES = [
  'before_plan_commit',
  'after_claim',
  'after_intent',
  'after_write',
  'after_response',
  'before_outcome_commit',
  'after_outcome_commit',
  'fanout_batch',
  'receipt_poll',
  'before_receipts_commit',
  'held_release',
  'lease_recovery',
] as const;

export type FailpointName = (typeof FAILPOINT_NAMES)[number];

function arm(text: string): Map<string, Armed> {
  const armed = new Map<string, Armed>();
  for (const part of text.split(',').filter((p) => p !== '')) {
    const [name = '', rest = ''] = part.split('=');
    const [action = '', hit = '1'] = rest.split('@');
    armed.set(name, { action, hit: Number(hit), hits: 0 });
  }
  return armed;
}

const registry = new WeakMap<NodeJS.Process, Map<string, Armed>>();

export async function failpoint(name: FailpointName): Promise<void> {
  let armed = registry.get(process);
  if (armed === undefined) {
    armed = arm(process.env['TODOKU_FAILPOINTS'] ?? '');
    registry.set(process, armed);
  }
  const point = armed.get(name);
  if (point === undefined) return;
  point.hits++;
  if (point.hits !== point.hit) return;
  await act(name, point.action);
}

async function act(name: string, action: string): Promise<void> {
  process.stderr.write(`failpoint ${name}: ${action}\n`);
  if (action === 'kill9') {
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => undefined);
  }
  if (action === 'stop') process.kill(process.pid, 'SIGSTOP');
  if (action === 'throw') throw new Error(`failpoint ${name}`);
  if (action.startsWith('delay:')) await new Promise((resolve) => setTimeout(resolve, Number(action.slice(6))));
}
