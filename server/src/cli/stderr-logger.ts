import type { Logger } from '../logging/logger.js';
import { printable } from '../logging/printable.js';
import { redact } from '../logging/redact.js';
import type { Terminal } from './terminal.js';

/** What the parts have to say while a command runs, beside its output. `from`: the least important that is shown. */
export function stderrLogger(terminal: Terminal, from: 'info' | 'warn' = 'warn'): Logger {
  const write = (fields: object, message: string): void =>
    terminal.err(`${printable(redact(`${kindOf(fields)}${message}${details(fields)}`))}\n`);
  return { debug: () => undefined, info: from === 'info' ? write : () => undefined, warn: write, error: write };
}

/** `NotificationError CODE ` where it is one. */
function kindOf(fields: object): string {
  const { kind, code } = fields as Record<string, unknown>;
  return typeof kind === 'string' ? `${kind} ${String(code)} ` : '';
}

/** Errors are left out: what ends a command is shown at its end, once. */
function details(fields: object): string {
  const { err: _err, error: _error, kind: _kind, ...rest } = fields as Record<string, unknown>;
  return Object.keys(rest).length === 0 ? '' : ` ${JSON.stringify(rest)}`;
}
