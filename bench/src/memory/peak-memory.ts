import { readFileSync } from 'node:fs';
import type { Child } from '../processes/child.js';

/** Most resident memory that a process ever had, in bytes: as the kernel counts it, or as the process says itself where there is no /proc. */
export async function peakMemory(child: Child): Promise<number> {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'latin1')) ?? [];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return await child.ask<number>('peakMemory');
}
