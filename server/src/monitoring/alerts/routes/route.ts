import type { Notice } from '../notice-types.js';
import type { RouteName } from '../route-directory.js';
import type { Severity } from '../severity.js';

/** What became of one attempt. `answer`, `error`: for people; neither holds an address or a secret. */
export type SendResult =
  | { readonly ok: true; readonly answer: string }
  | {
      readonly ok: false;
      readonly error: string;
      /** The receiver asked for so much time. */
      readonly retryAfterMs?: number;
    };

/** One way out. `send` always comes back within its deadline and never rejects. */
export interface AlertRoute {
  readonly name: RouteName;
  readonly minSeverity: Severity;
  /** For people: a host, never a whole address. */
  readonly target: string;
  send(notice: Notice): Promise<SendResult>;
}
