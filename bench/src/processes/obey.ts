/** When what it needs for that is gone, tidying up may never end. */
const tidyUpMs = 8_000;

interface Command {
  readonly command: string;
  readonly argument?: unknown;
}

export interface Answer {
  readonly result?: unknown;
  readonly error?: string;
}

export type Commands = Readonly<Record<string, (argument: never) => unknown>>;

/**
 * The child's side of `startChild`: says that it is ready, then carries out commands in turn. When the parent is gone it tidies up and ends,
 * so that a broken benchmark leaves no process behind.
 */
export function obey(commands: Commands, tidyUp: () => Promise<void> = async () => undefined): void {
  let turn: Promise<void> = Promise.resolve();
  process.on('message', ({ command, argument }: Command) => {
    turn = turn.then(async () => {
      try {
        const act = commands[command] as ((argument: unknown) => unknown) | undefined;
        if (act === undefined) throw new Error(`no such command: ${command}`);
        tell({ result: await act(argument) });
      } catch (error) {
        tell({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      }
    });
  });
  // Ctrl-C reaches every process of the terminal; the parent decides what ends when.
  process.on('SIGINT', () => undefined);
  process.once('disconnect', () => {
    setTimeout(() => process.exit(1), tidyUpMs).unref();
    void tidyUp().finally(() => process.exit());
  });
  tell({});
}

function tell(answer: Answer): void {
  if (process.connected) process.send?.(answer);
}
