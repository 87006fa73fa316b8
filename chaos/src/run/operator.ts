import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { BAD_REQUESTS, sendNonsense } from './bad-requests.js';
import {
  flip,
  register,
  setQuietHours,
  setWishes,
  signOut,
  startBroadcast,
  steerBroadcast,
  switchOn,
  tune,
  type User,
} from './load-acts.js';
import { drawNight } from './nights.js';
import type { Pen } from './pen.js';
import { below } from './random.js';

const switches = ['pause', 'emergency'] as const;
/** For a while nobody sends anything: longer than a claim and a request take. */
const standstillMs = 2500;

interface OperatorParts {
  readonly pen: Pen;
  readonly users: readonly User[];
  readonly draw: () => number;
  readonly newToken: () => string;
  /** A zone whose clocks change on this day. */
  readonly changingZone: string | null;
  readonly ending: AbortSignal;
}

/** What users and operators do now and then, in mid-flight. */
export class Operator {
  readonly #parts: OperatorParts;
  readonly #paused = new Set<string>();
  #round = 0;

  constructor(parts: OperatorParts) {
    this.#parts = parts;
  }

  async work(): Promise<void> {
    const acts = [
      () => this.#broadcast(),
      () => this.#moveToken(),
      () => this.#standStill(),
      () => this.#night(),
      () => this.#cutShort(),
      () => this.#wishes(),
      () => this.#nonsense(),
      () => this.#newDevice(),
      () => this.#pauseBroadcast(),
      () => this.#comeBack(),
      () => this.#tune(),
    ];
    const { ending, draw } = this.#parts;
    for (; !ending.aborted; this.#round++) {
      await this.#pause(500 + below(draw, 700));
      if (!ending.aborted) await acts[this.#round % acts.length]?.();
    }
  }

  /** Through whatever is still broken: what stands switched off would hold all work up. */
  async switchEverythingOn(): Promise<void> {
    const { pen } = this.#parts;
    for (const name of switches) await switchOn(pen, name, delay);
    for (const id of this.#paused) for (let tries = 0; tries < 30 && !(await this.#resume(id)); tries++) await delay(500);
  }

  #pause(ms: number): Promise<void> {
    return delay(ms, undefined, { signal: this.#parts.ending }).catch(() => undefined);
  }

  #someone(): User {
    const { users, draw } = this.#parts;
    const one = users[below(draw, users.length)];
    if (one === undefined) throw new Error('There is nobody.');
    return one;
  }

  #everybody(): string[] {
    return this.#parts.users.map(({ id }) => id);
  }

  async #broadcast(): Promise<void> {
    await startBroadcast(this.#parts.pen, `Chaos to many ${randomUUID()}`, this.#everybody());
  }

  async #cutShort(): Promise<void> {
    const id = await startBroadcast(this.#parts.pen, `Chaos cut short ${randomUUID()}`, this.#everybody());
    await this.#pause(below(this.#parts.draw, 300));
    if (id !== null) await steerBroadcast(this.#parts.pen, id, 'cancel');
  }

  async #pauseBroadcast(): Promise<void> {
    const { pen, draw } = this.#parts;
    const id = await startBroadcast(pen, `Chaos with a rest ${randomUUID()}`, this.#everybody());
    if (id === null) return;
    this.#paused.add(id);
    await steerBroadcast(pen, id, 'pause');
    await this.#pause(1000 + below(draw, 1000));
    await this.#resume(id);
  }

  /** False: nobody knows. */
  async #resume(id: string): Promise<boolean> {
    const isKnown = (await steerBroadcast(this.#parts.pen, id, 'resume')) !== 'unknown';
    if (isKnown) this.#paused.delete(id);
    return isKnown;
  }

  async #standStill(): Promise<void> {
    const { pen } = this.#parts;
    const name = switches[Math.floor(this.#round / 11) % switches.length] ?? 'pause';
    await flip(pen, name, true);
    await this.#pause(standstillMs);
    await switchOn(pen, name, delay);
  }

  async #night(): Promise<void> {
    const { pen, draw, changingZone } = this.#parts;
    await setQuietHours(pen, this.#someone().id, drawNight(draw, changingZone));
  }

  async #wishes(): Promise<void> {
    const { pen, draw } = this.#parts;
    const wishes = below(draw, 3);
    await setWishes(pen, this.#someone().id, wishes !== 0, wishes === 1 ? ['reminder'] : []);
  }

  async #nonsense(): Promise<void> {
    const { pen, draw } = this.#parts;
    for (let i = 0; i < 3; i++)
      await sendNonsense(pen, this.#someone().id, BAD_REQUESTS[below(draw, BAD_REQUESTS.length)] ?? BAD_REQUESTS[0]);
  }

  /** Her device becomes somebody else's. */
  async #moveToken(): Promise<void> {
    await register(this.#parts.pen, this.#someone().id, this.#someone().token);
  }

  async #newDevice(): Promise<void> {
    const { pen, newToken } = this.#parts;
    const one = this.#someone();
    await signOut(pen, one);
    await register(pen, one.id, newToken());
  }

  /** Apps register again whenever they are opened: devices that were called dead come back. */
  async #comeBack(): Promise<void> {
    const { pen } = this.#parts;
    for (const { id, token } of Array.from({ length: 6 }, () => this.#someone())) await register(pen, id, token);
  }

  async #tune(): Promise<void> {
    const { pen, draw } = this.#parts;
    await tune(pen, { slots: 2 + below(draw, 10), chunkSize: 5 + below(draw, 95), controller: draw() < 0.5 });
  }
}
