import { errorCatalogue } from '../errors/catalogue.js';
import { TodokuError } from '../errors/todoku-error.js';
import { describeError } from '../logging/describe-error.js';
import { printable, printableLines } from '../logging/printable.js';
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
    const { code, path } = error;
    const message = saidOf(error, messages);
    return { code, message, remedy: remedyOf(error, messages), path, exitCode: badInput.has(code) ? 2 : 1 };
  }
  const { name, code, message } = describeError(error);
  if (name === 'DatabaseError') return renderDatabaseError(code ?? name, message, messages);
  if (name === 'SqlRefusedError') {
    const { done } = error as { readonly done?: number };
    return {
      code: code ?? name,
      message: messages.untranslated(messages.databaseRefused, message),
      remedy: done === undefined || done === 0 ? messages.sql.correct : messages.sql.correctRest(done),
      path: null,
      exitCode: 1,
    };
  }
  if (name === 'MigrationError') return fromCatalogue('MIGRATION_FAILED', message, messages);
  if (name === 'EmbeddedPostgresError') return { ...fromCatalogue('DATABASE_UNAVAILABLE', message, messages), remedy: null };
  return { code: code ?? 'INTERNAL', message: messages.untranslated(messages.errors.INTERNAL.message, message), ...reportIt(messages) };
}

/** The catalogue's remedy for a wrong input points at the field. Where none is named, the command as a whole has to be another. */
function remedyOf({ code, path }: TodokuError, messages: Messages): string {
  const namesNothing = path === null || path === '';
  return code === 'INVALID_INPUT' && namesNothing ? messages.correctCommand : messages.errors[code].remedy;
}

const reportIt = ({ reportIt: remedy }: Messages) => ({ remedy, path: null, exitCode: 1 }) as const;

/** Its own words, or the catalogue's; behind the field's path, which is no language. */
function saidOf({ code, message, path }: TodokuError, messages: Messages): string {
  if (message === errorCatalogue[code].message) return messages.errors[code].message;
  const prefix = path !== null && path !== '' && message.startsWith(`${path}: `) ? `${path}: ` : '';
  const said = message.slice(prefix.length);
  return `${prefix}${messages.translate(said) ?? messages.untranslated(messages.errors[code].message, said)}`;
}

/** Connection errors (class 08, 28: refused, 57P: shut down, and the system's own) are the database's; anything else is ours. */
function renderDatabaseError(code: string, message: string, messages: Messages): RenderedError {
  const unavailable = /^(08|28|3D|57P|53|E[A-Z])/.test(code);
  if (unavailable) return fromCatalogue('DATABASE_UNAVAILABLE', `${message} (${code})`, messages);
  return { code, message: messages.untranslated(messages.databaseRefused, message), ...reportIt(messages) };
}

function fromCatalogue(code: 'MIGRATION_FAILED' | 'DATABASE_UNAVAILABLE', said: string, messages: Messages): RenderedError {
  const { message, remedy } = messages.errors[code];
  return { code, message: messages.translate(said) ?? messages.untranslated(message, said), remedy, path: null, exitCode: 1 };
}

export function printError(error: RenderedError, json: boolean, messages: Messages): string {
  const { exitCode: _, ...shown } = error;
  if (json) return `${JSON.stringify({ error: shown }, null, 2)}\n`;
  // Deeper than the lines that follow: no message can pass for one of them.
  const lines = [`${messages.error} ${error.code}`, `  ${printableLines(error.message).replaceAll('\n', '\n    ')}`];
  if (error.path !== null && error.path !== '') lines.push(`  ${messages.errorPath} ${printable(error.path)}`);
  if (error.remedy !== null) lines.push(`  ${messages.errorRemedy} ${error.remedy}`);
  return `${lines.join('\n')}\n`;
}
