import { userInfo } from 'node:os';
import { text } from 'node:stream/consumers';
import type { Environment } from '../config/load-config.js';

/** Where a command stands: everything that it takes from the process around it. */
export interface Terminal {
  readonly env: Environment;
  /** The person at the keyboard, as the operating system knows her. */
  readonly login: string;
  out(text: string): void;
  err(text: string): void;
  /** Everything that comes by standard input. */
  readInput(): Promise<string>;
}

export function processTerminal(): Terminal {
  // `todoku audit list | head`: whoever reads has had enough, and that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    env: process.env,
    login: loginName(),
    out: (line) => void process.stdout.write(line),
    err: (line) => void process.stderr.write(line),
    readInput: () => text(process.stdin),
  };
}

/** In containers a process may run as a user that has no name. */
function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
