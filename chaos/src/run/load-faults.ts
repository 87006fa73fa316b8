/** What the load does to the product in mid-flight, as faults that have to strike, too. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadLine } from '../check/run-files.js';

type Strikes = (lines: readonly LoadLine[]) => boolean;

const done = ({ record, ...line }: LoadLine): boolean => record !== 'failure' && 'answered' in line && line.answered === 'done';
const some =
  (is: (line: LoadLine) => boolean): Strikes =>
  (lines) =>
    lines.some((line) => done(line) && is(line));

const loadFaults: ReadonlyMap<string, Strikes> = new Map<string, Strikes>([
  ['act_pause', some((line) => line.record === 'switch' && line.name === 'pause' && line.stops)],
  ['act_emergency_stop', some((line) => line.record === 'switch' && line.name === 'emergency' && line.stops)],
  ['act_quiet_hours', some((line) => line.record === 'settings' && line.quiet !== undefined)],
  ['act_pushes_off', some((line) => line.record === 'settings' && line.pushEnabled === false)],
  ['act_type_off', some((line) => line.record === 'settings' && (line.disabledTypes?.length ?? 0) > 0)],
  ['act_token_moved', movedTokens],
  ['act_signed_out', some((line) => line.record === 'device' && line.kind === 'sign_out')],
  ['act_broadcast_paused', some((line) => line.record === 'broadcast' && line.kind === 'pause')],
  ['act_broadcast_resumed', some((line) => line.record === 'broadcast' && line.kind === 'resume')],
  ['act_broadcast_cancelled', some((line) => line.record === 'broadcast' && line.kind === 'cancel')],
  ['act_rolled_back', some((line) => line.record === 'submission' && line.rolledBack)],
  ['act_tuned', some((line) => line.record === 'tuning')],
  ['act_nonsense', (lines) => lines.some((line) => line.record === 'bad' && line.status !== null)],
]);

export const LOAD_FAULTS: readonly string[] = [...loadFaults.keys()];

function movedTokens(lines: readonly LoadLine[]): boolean {
  const owner = new Map<string, string>();
  for (const line of lines) {
    if (line.record !== 'device' || line.answered !== 'done') continue;
    const known = owner.get(line.token);
    if (line.kind === 'register' && known !== undefined && known !== line.userId) return true;
    owner.set(line.token, line.userId);
  }
  return false;
}

/** Which of them the load's own records show. */
export function loadFaultsIn(records: string): string[] {
  const lines = readFileSync(join(records, 'load.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as LoadLine);
  return LOAD_FAULTS.filter((name) => loadFaults.get(name)?.(lines) === true);
}
