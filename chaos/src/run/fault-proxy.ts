import { createConnection, createServer, type Server, type Socket } from 'node:net';
import type { ProxyMode } from './strikes/strike.js';

/**
 * Stands before a server on this machine and breaks what passes, by a mode that is read whenever bytes come: open connections are hit too.
 *
 *   reset       new connections and open ones end with RST at the next bytes
 *   black_hole  nothing passes in either direction
 *   half_open   what the client says arrives, the answer never
 *   truncate    seven bytes of the answer, then RST
 *   drip        the answer comes a few bytes at a time
 *   latency     both directions are 300 ms late
 */
export class FaultProxy {
  readonly #server: Server;
  readonly #target: () => number;
  readonly #sockets = new Set<Socket>();
  #mode: ProxyMode | null = null;
  /** Times that a mode struck bytes or connections. */
  struck = 0;

  private constructor(target: () => number) {
    this.#target = target;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#join(client));
  }

  static async open(target: () => number): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  set(mode: ProxyMode): void {
    this.#mode = mode;
  }

  /** What was held back is lost: its connections end, as they would when a path comes back that has forgotten them. */
  heal(): void {
    if (this.#mode === 'black_hole' || this.#mode === 'half_open') for (const socket of this.#sockets) socket.resetAndDestroy();
    this.#mode = null;
  }

  /** What is behind it is gone, and so is every connection to it. */
  resetAll(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #join(client: Socket): void {
    if (this.#mode === 'reset') {
      this.struck++;
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const server = createConnection({ port: this.#target(), host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    this.#pass(client, server, false);
    this.#pass(server, client, true);
  }

  #pass(from: Socket, to: Socket, isAnswer: boolean): void {
    this.#sockets.add(from);
    // One after the other, whatever the delays.
    let last = Promise.resolve();
    from.on('data', (bytes: Buffer) => {
      from.pause();
      last = last.then(() => this.#forward(bytes, from, to, isAnswer)).then(() => void from.resume());
    });
    from.on('end', () => {
      last = last.then(() => void to.end());
    });
    from.on('error', () => to.resetAndDestroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      last = last.then(() => void to.destroySoon());
    });
  }

  async #forward(bytes: Buffer, from: Socket, to: Socket, isAnswer: boolean): Promise<void> {
    const mode = this.#mode;
    if (mode !== null && (isAnswer || mode !== 'half_open')) this.struck++;
    switch (mode) {
      case 'reset':
        from.resetAndDestroy();
        to.resetAndDestroy();
        return;
      case 'black_hole':
        return;
      case 'half_open':
        if (!isAnswer) to.write(bytes);
        return;
      case 'truncate':
        to.write(isAnswer ? bytes.subarray(0, 7) : bytes);
        if (!isAnswer) return;
        await pause(20);
        to.resetAndDestroy();
        from.resetAndDestroy();
        return;
      case 'drip':
        for (let at = 0; at < bytes.length; at += 40) {
          to.write(bytes.subarray(at, at + 40));
          if (isAnswer && this.#mode === 'drip') await pause(20);
        }
        return;
      case 'latency':
        await pause(300);
        to.write(bytes);
        return;
      case null:
        to.write(bytes);
    }
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
