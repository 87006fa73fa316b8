/** One Ctrl-C under npm comes twice: from the terminal, and handed on by npm. */
const sameSignalMs = 500;

/** Resolves to null at the first SIGINT or SIGTERM; the next one, when it is meant as one, ends the process at once. */
export function untilInterrupted(): Promise<null> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    const onSignal = (): void => {
      firstAt ??= performance.now();
      if (performance.now() - firstAt > sameSignalMs) process.exit(130);
      resolve(null);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}
