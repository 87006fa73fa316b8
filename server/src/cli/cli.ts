import type { Language } from './language.js';
import type { Messages } from './messages/en.js';
import type { Terminal } from './terminal.js';

/** What every command is given. */
export interface Cli {
  readonly terminal: Terminal;
  readonly language: Language;
  readonly messages: Messages;
  /** Who acts, for the audit. */
  readonly actor: string;
  /** The command's exit code: 0 ok, 1 failed, 2 bad input. */
  finish(exitCode: number): void;
}

/** What a command has to say: `data` with --json, `text` without. */
export interface Answer {
  readonly data: unknown;
  readonly text: string;
  /** 0 when absent. */
  readonly exitCode?: number;
}
