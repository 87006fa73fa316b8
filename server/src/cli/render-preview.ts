import type { ResumePreview } from '../operations/resume-preview.js';
import { laneNames } from '../planning/lane-names.js';
import { show, table, tally } from './layout.js';
import type { Messages } from './messages/en.js';

/** What would be sent, held and expired, before anything goes on. */
export function renderPreview({ lanes, held, undecided, stillStopped }: ResumePreview, { resume: says }: Messages): string {
  const rows = lanes.map(({ lane, wouldBeSent, wouldExpire, later, parked }) => [laneNames[lane], wouldBeSent, wouldExpire, later, parked]);
  const { lane, wouldBeSent, wouldExpire, later, parked } = says.columns;
  return [
    rows.length === 0 ? says.queueEmpty : table([lane, wouldBeSent, wouldExpire, later, parked], rows),
    says.others(show(undecided), tally(held) || '0'),
    ...(stillStopped.length === 0 ? [] : [says.stillStopped(stillStopped.map((stop) => says.stops[stop]).join(', '))]),
  ].join('\n');
}
