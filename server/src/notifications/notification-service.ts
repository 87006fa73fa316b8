import type { Clock } from '../clock/clock.js';
import type { Database } from '../database/database.js';
import type { ErrorCode } from '../errors/catalogue.js';
import { TodokuError } from '../errors/todoku-error.js';
import { ControlPanel, type Controls } from '../operations/controls.js';
import type { ControlsCache } from '../operations/controls-cache.js';
import { previewResume, type ResumePreview } from '../operations/resume-preview.js';
import type { KeyedOutcome } from './commit-keyed.js';
import type { IdempotencyKey, StoredAnswer } from './idempotency.js';
import { type NewNotification, newNotification } from './new-notification.js';
import { parseNotification } from './notification-input.js';
import type { NotificationIntake } from './notification-intake.js';

/** What became of one notification of a request. */
export type ItemResult =
  | { readonly index: number; readonly status: 'accepted'; readonly id: string }
  | { readonly index: number; readonly status: 'rejected'; readonly error: ItemError };

interface ItemError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly path: string | null;
  readonly remedy: string;
}

export interface Submission {
  /** Anything: what is no notification is rejected, and the others are not. */
  readonly values: readonly unknown[];
  /** Where the value with this index stands in what the caller sent, for the paths of errors. */
  readonly pathOf: (index: number) => string;
  /** `print` makes the answer that is kept; it is asked only when something was accepted. */
  /** The caller's W3C trace context, as it was sent. */
  readonly traceparent?: string | null;
  readonly once?: { readonly key: IdempotencyKey; readonly print: (results: readonly ItemResult[]) => StoredAnswer };
}

export type Submitted =
  | { readonly kind: 'results'; readonly results: readonly ItemResult[] }
  | { readonly kind: 'replay'; readonly answer: StoredAnswer };

/** Follows one request. Told the ids before they are committed, so that their trace is known to whoever plans them. */
interface IntakeTrace {
  carry(notificationIds: readonly string[]): Promise<void>;
  end(outcome: { readonly asked: number; readonly taken: number } | { readonly code: string }): void;
}

/** Who does it, and why; both go into the audit. */
interface By {
  readonly actor: string;
  readonly reason: string;
}

interface ServiceParts {
  readonly intake: NotificationIntake;
  readonly controls: ControlsCache;
  /** false: the configuration switches pushes off. */
  readonly pushEnabled: boolean;
  readonly clock: Clock;
  /** Called after a commit with whose notifications were taken. */
  readonly onTaken?: (users: readonly string[]) => void;
  /** Absent: nothing is traced. */
  readonly traces?: { begin(traceparent: string | null): IntakeTrace } | undefined;
  /** For the emergency stop. */
  readonly database: Database;
  /** Who acts, where a call does not say. */
  readonly actor?: string;
}

/** Takes notifications in, as long as an operator lets it. What it accepts is committed. */
export class NotificationService {
  readonly #parts: ServiceParts;

  constructor(parts: ServiceParts) {
    this.#parts = parts;
  }

  /** One notification. Throws INVALID_INPUT, PAYLOAD_TOO_BIG, DUPLICATE_ID, INTAKE_STOPPED, OVERLOADED. */
  async send(value: unknown): Promise<{ readonly id: string }> {
    const submitted = await this.submit({ values: [value], pathOf: () => '' });
    const [result] = submitted.kind === 'results' ? submitted.results : [];
    if (result?.status === 'accepted') return { id: result.id };
    throw result === undefined ? new TodokuError('INTERNAL') : asTodokuError(result.error);
  }

  /** Many: each is accepted or rejected on its own; those accepted are in one commit. */
  async sendMany(values: readonly unknown[]): Promise<readonly ItemResult[]> {
    const submitted = await this.submit({ values, pathOf: (index) => `[${index}]` });
    return submitted.kind === 'results' ? submitted.results : [];
  }

  async submit({ values, pathOf, once, traceparent = null }: Submission): Promise<Submitted> {
    await this.refuseWhenStopped();
    const now = this.#parts.clock.now();
    const checked = values.map((value, index) => check(value, pathOf(index), now));
    const items = checked.filter((item): item is NewNotification => !(item instanceof TodokuError));
    const resultsOf = (taken: readonly boolean[]): ItemResult[] => report(checked, taken, pathOf);
    if (items.length === 0) return { kind: 'results', results: resultsOf([]) };
    if (once === undefined) return { kind: 'results', results: resultsOf(await this.#take(items, traceparent)) };
    const answer = (taken: readonly boolean[]): StoredAnswer | null => (taken.includes(true) ? once.print(resultsOf(taken)) : null);
    const takenOf = (done: KeyedOutcome): readonly boolean[] => (done.kind === 'done' ? done.taken : []);
    const outcome = await this.#traced(items, traceparent, () => this.#parts.intake.takeOnce({ items, key: once.key, answer }), takenOf);
    this.#tell(items);
    return outcome.kind === 'replay' ? outcome : { kind: 'results', results: resultsOf(outcome.taken) };
  }

  /** Takes notifications that were checked elsewhere. False: the id was used before. */
  async take(items: readonly NewNotification[], traceparent: string | null = null): Promise<readonly boolean[]> {
    await this.refuseWhenStopped();
    return await this.#take(items, traceparent);
  }

  async #take(items: readonly NewNotification[], traceparent: string | null): Promise<readonly boolean[]> {
    const taken = await this.#traced(
      items,
      traceparent,
      () => this.#parts.intake.take(items),
      (all) => all,
    );
    this.#tell(items);
    return taken;
  }

  async #traced<T>(
    items: readonly NewNotification[],
    traceparent: string | null,
    take: () => Promise<T>,
    takenOf: (outcome: T) => readonly boolean[],
  ): Promise<T> {
    const trace = this.#parts.traces?.begin(traceparent);
    if (trace === undefined) return await take();
    await trace.carry(items.map(({ id }) => id));
    try {
      const outcome = await take();
      trace.end({ asked: items.length, taken: takenOf(outcome).filter((taken) => taken).length });
      return outcome;
    } catch (error) {
      trace.end({ code: error instanceof TodokuError ? error.code : 'INTERNAL' });
      throw error;
    }
  }

  #tell(items: readonly NewNotification[]): void {
    this.#parts.onTaken?.(items.map(({ userId }) => userId));
  }

  /**
   * Stops everything in every process: nothing is claimed from when it resolves, nothing accepted by HTTP; what is on the wire ends with its request's
   * deadline. It survives restarts. Who stopped first and why stands.
   */
  async emergencyShutdown(by?: By): Promise<Controls> {
    return await this.#turn((panel) => panel.emergencyStop(by ?? this.#by('emergencyShutdown')));
  }

  /** What would be sent, held and expired if the emergency stop ended now; changes nothing. */
  async previewResume(): Promise<ResumePreview> {
    return await previewResume(this.#parts.database, 'emergency');
  }

  /** Ends the emergency stop; a pause, or pushes that are switched off, stay. */
  async emergencyResume(by?: By): Promise<Controls> {
    return await this.#turn((panel) => panel.emergencyResume(by ?? this.#by('emergencyResume')));
  }

  async #turn(turn: (panel: ControlPanel) => Promise<Controls>): Promise<Controls> {
    const controls = await turn(new ControlPanel(this.#parts.database));
    this.#parts.controls.forget();
    return controls;
  }

  #by(call: string): By {
    return { actor: this.#parts.actor ?? 'todoku', reason: `${call}() was called` };
  }

  /** Throws INTAKE_STOPPED. For doors that have to do something of their own before they submit. */
  async refuseWhenStopped(): Promise<void> {
    if (!this.#parts.pushEnabled) throw new TodokuError('INTAKE_STOPPED');
    const { emergency, pushesEnabled } = await this.#parts.controls.get();
    if (emergency || !pushesEnabled) throw new TodokuError('INTAKE_STOPPED');
  }
}

function check(value: unknown, path: string, now: Date): NewNotification | TodokuError {
  try {
    return newNotification(parseNotification(value, path), now);
  } catch (error) {
    if (error instanceof TodokuError) return error;
    throw error;
  }
}

/** `taken` speaks for the good ones among `checked`, in their order. */
function report(
  checked: readonly (NewNotification | TodokuError)[],
  taken: readonly boolean[],
  pathOf: (index: number) => string,
): ItemResult[] {
  let at = 0;
  return checked.map((item, index): ItemResult => {
    if (item instanceof TodokuError) return rejected(index, item);
    if (taken[at++] === true) return { index, status: 'accepted', id: item.id };
    const path = pathOf(index);
    return rejected(index, new TodokuError('DUPLICATE_ID', { path: path === '' ? 'id' : `${path}.id` }));
  });
}

function rejected(index: number, { code, message, path, remedy }: TodokuError): ItemResult {
  return { index, status: 'rejected', error: { code, message, path, remedy } };
}

function asTodokuError({ code, message, path }: ItemError): TodokuError {
  return new TodokuError(code, { message, ...(path === null ? {} : { path }) });
}
