import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second of /proc; 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

interface Usage {
  readonly parent: number;
  /** Seconds of this process alone. */
  readonly own: number;
  /** Seconds of children that have ended and were waited for. */
  readonly ended: number;
}

/** Processor time of one process so far, in seconds; NaN where there is no /proc or no such process. */
export function cpuSeconds(pid: number): number {
  return read(pid)?.own ?? Number.NaN;
}

/** Processor time of a process, of its living children and of those that have ended, in seconds; NaN as above. */
export function familyCpuSeconds(pid: number): number {
  let head = read(pid);
  for (;;) {
    if (head === null) return Number.NaN;
    const children = listProcesses()
      .map(read)
      .filter((usage) => usage?.parent === pid);
    const after = read(pid);
    // A child that ended meanwhile may have been counted twice, or not at all.
    if (after === null || after.ended === head.ended) {
      return head.own + head.ended + children.reduce((sum, usage) => sum + (usage?.own ?? 0), 0);
    }
    head = after;
  }
}

function listProcesses(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function read(pid: number): Usage | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  // The name in the second field may hold spaces and brackets; what is counted stands after it.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const seconds = (from: number): number => ((fields[from] ?? 0) + (fields[from + 1] ?? 0)) / ticksPerSecond;
  return { parent: fields[1] ?? 0, own: seconds(11), ended: seconds(13) };
}
