import { TodokuError } from '../errors/todoku-error.js';
import { describeError } from '../logging/describe-error.js';
import type { Messages } from './messages/en.js';

/** An error as people and programs get to see it. */
export interface RenderedError {
  readonly code: string;
  readonly message: string;
  readonly remedy: string | null;
  readonly path: string | null;
  readonly exitCode: 1 | 2;
}

const badInput: ReadonlySet<string> = new Set(['INVALID_INPUT', 'PAYLOAD_TOO_BIG', 'CONFIGURATION_INVALID']);

/** The driver's and the embedded server's errors stay outside of this file's imports: most commands end well. */
export function renderError(error: unknown, messages: Messages): RenderedError {
  if (error instanceof TodokuError) {
    const { code, message, remedy, path } = error;
    return { code, message, remedy, path, exitCode: badInput.has(code) ? 2 : 1 };
  }
  const { name, code, message } = describeError(error);
  if (name === 'DatabaseError') return renderDatabaseError(code ?? name, message, messages);
  if (name === 'MigrationError') return { ...fromCatalogue('MIGRATION_FAILED'), message };
  if (name === 'EmbeddedPostgresError') return { ...fromCatalogue('DATABASE_UNAVAILABLE'), message, remedy: null };
  return { code: code ?? 'INTERNAL', message, remedy: messages.reportIt, path: null, exitCode: 1 };
}

/** Connection errors (class 08, 28: refused, 57P: shut down, and the system's own) are the database's; anything else is ours. */
function renderDatabaseError(code: string, message: string, messages: Messages): RenderedError {
  const unavailable = /^(08|28|3D|57P|53|E[A-Z])/.test(code);
  if (unavailable) return { ...fromCatalogue('DATABASE_UNAVAILABLE'), message: `${message} (${code})` };
  return { code, message, remedy: messages.reportIt, path: null, exitCode: 1 };
}

function fromCatalogue(code: 'MIGRATION_FAILED' | 'DATABASE_UNAVAILABLE'): RenderedError {
  const { message, remedy } = new TodokuError(code);
  return { code, message, remedy, path: null, exitCode: 1 };
}

export function printError(error: RenderedError, json: boolean, messages: Messages): string {
  const { exitCode: _, ...shown } = error;
  if (json) return `${JSON.stringify({ error: shown }, null, 2)}\n`;
  const lines = [`${messages.error} ${error.code}`, `  ${error.message.replaceAll('\n', '\n  ')}`];
  if (error.path !== null && error.path !== '') lines.push(`  ${messages.errorPath} ${error.path}`);
  if (error.remedy !== null) lines.push(`  ${messages.errorRemedy} ${error.remedy}`);
  return `${lines.join('\n')}\n`;
}
