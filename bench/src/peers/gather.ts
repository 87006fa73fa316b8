/** No message waits longer for others to share its request with. */
const longestWaitMs = 5;

/**
 * For queues that run jobs one by one: the jobs that run at the same time share a request of up to `most` messages, and each of them ends
 * with it. One request a job would take a hundred times as many, and nobody who reads the SDK's documentation would do that.
 */
export function gather<Item>(most: number, send: (items: readonly Item[]) => Promise<void>): (item: Item) => Promise<void> {
  let items: Item[] = [];
  let sent: { promise: Promise<void>; go: () => void } | null = null;

  const begin = (): { promise: Promise<void>; go: () => void } => {
    const { promise, resolve, reject } = withResolvers();
    let gone = false;
    const go = (): void => {
      if (gone) return;
      gone = true;
      clearTimeout(timer);
      const together = items;
      items = [];
      sent = null;
      send(together).then(resolve, reject);
    };
    const timer = setTimeout(go, longestWaitMs);
    return { promise, go };
  };

  return (item) => {
    sent ??= begin();
    const { promise, go } = sent;
    items.push(item);
    if (items.length >= most) go();
    return promise;
  };
}

function withResolvers(): { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void } {
  let resolve: () => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
