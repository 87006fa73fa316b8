import { Console } from 'node:console';
import { Writable } from 'node:stream';
import type { Terminal } from '../terminal.js';

/** A console that writes to the terminal of the command. */
export function terminalConsole(terminal: Terminal): Console {
  const to = (write: (text: string) => void): Writable =>
    new Writable({
      decodeStrings: false,
      write: (text: string | Buffer, _encoding, done) => {
        write(String(text));
        done();
      },
    });
  return new Console(
    to((text) => terminal.out(text)),
    to((text) => terminal.err(text)),
  );
}
