/** What a stream had is over the limit. */
export class TooLarge extends Error {}

/** The bytes of a body, at most `limit` of them. Throws TooLarge, and the signal's reason when it is aborted first. */
export async function readBounded(
  body: ReadableStream<Uint8Array> | null,
  limit: number,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  if (body === null) return new Uint8Array();
  const reader = body.getReader();
  const aborted = abortOf(signal);
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), aborted.promise]);
      if (done) return joined(parts, length);
      length += value.byteLength;
      if (length > limit) throw new TooLarge();
      parts.push(value);
    }
  } catch (error) {
    // Whoever sends the rest is told that nobody reads it; what he says to that changes nothing.
    reader.cancel().catch(() => undefined);
    throw error;
  } finally {
    aborted.forget();
  }
}

function abortOf(signal: AbortSignal): { readonly promise: Promise<never>; readonly forget: () => void } {
  let listener: () => void = () => undefined;
  const promise = new Promise<never>((_resolve, reject) => {
    listener = () => reject(signal.reason);
    if (signal.aborted) listener();
    else signal.addEventListener('abort', listener, { once: true });
  });
  promise.catch(() => undefined);
  return { promise, forget: () => signal.removeEventListener('abort', listener) };
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
