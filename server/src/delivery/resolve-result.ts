import type { RecipientOutcome, SendResult, TakenResult } from '../providers/provider.js';
import type { AttemptFacts, ItemResult, RequeueGroup } from '../queue/queue-engine.js';
import { backoffMs } from './backoff.js';
import type { PreparedChunk } from './prepare-chunk.js';
import type { DeadToken } from './token-quarantine.js';

/** What a provider's answer means for a chunk, its tokens and its project. */
export interface Resolution {
  readonly items: ItemResult[];
  readonly groups: RequeueGroup[];
  readonly deadTokens: DeadToken[];
  /** The project's credentials or set-up are at fault. */
  readonly projectFault: string | null;
  /** Tokens that belong to other provider projects: by project name, the tokens and the group that shall go to that project. */
  readonly regroup: ReadonlyMap<string, { readonly group: number; readonly tokenIds: string[] }>;
}

interface Rules {
  readonly maxAttempts: number;
  readonly random: () => number;
}

const PROJECT_RETRY_MS = 5000;
const SPLIT_INTO = 10;

/** Gathers items and the groups that they go back in. */
class Resolver {
  readonly items: (ItemResult | null)[];
  readonly groups: RequeueGroup[];
  readonly deadTokens: DeadToken[] = [];
  readonly regroup = new Map<string, { group: number; tokenIds: string[] }>();
  projectFault: string | null = null;
  readonly #prepared: PreparedChunk;
  readonly #rules: Rules;
  readonly #groupOf = new Map<string, number>();

  constructor(prepared: PreparedChunk, rules: Rules) {
    this.#prepared = prepared;
    this.#rules = rules;
    this.items = [...prepared.items];
    this.groups = [...prepared.groups];
  }

  /** The number of the group with this name, made when it is first asked for. */
  group(name: string, delayMs: () => number, attempt: number): number {
    let number = this.#groupOf.get(name);
    if (number === undefined) {
      const { crashRecoveries, projectId } = this.#prepared.lease;
      number = this.groups.push({ delayMs: delayMs(), attempt, crashRecoveries, projectId }) - 1;
      this.#groupOf.set(name, number);
    }
    return number;
  }

  put(message: number, item: ItemResult): void {
    this.items[this.#prepared.positions[message] ?? -1] = item;
  }

  settle(message: number, outcome: RecipientOutcome): void {
    this.put(message, this.#itemFor(message, outcome));
  }

  #itemFor(message: number, outcome: RecipientOutcome): ItemResult {
    const { attempt, resendUnknown } = this.#prepared.lease;
    const lastAttempt = attempt + 1 >= this.#rules.maxAttempts;
    switch (outcome.kind) {
      case 'accepted':
        return { to: 'accepted', ticketId: outcome.ticketId };
      case 'token_fault':
        this.deadTokens.push({ tokenId: this.#prepared.tokenIds[message] ?? '', code: outcome.code, sentAt: this.#prepared.sentAt });
        return { to: 'failed', code: outcome.code };
      case 'message_fault':
        return { to: 'failed', code: outcome.code };
      case 'project_fault':
        this.projectFault = outcome.code;
        return { to: 'queued', code: outcome.code, group: this.group('project', () => PROJECT_RETRY_MS, attempt), resent: false };
      case 'transient':
        if (lastAttempt) return { to: 'dead_letter', code: outcome.code };
        return { to: 'queued', code: outcome.code, group: this.#backoffGroup(), resent: false };
      case 'ambiguous':
        if (!resendUnknown || lastAttempt) return { to: 'unknown', code: outcome.code };
        return { to: 'queued', code: outcome.code, group: this.#backoffGroup(), resent: true };
    }
  }

  #backoffGroup(): number {
    const { attempt } = this.#prepared.lease;
    return this.group('backoff', () => backoffMs(attempt, this.#rules.random), attempt + 1);
  }

  done(): Resolution {
    const items = this.items.map((item) => item ?? { to: 'unknown' as const, code: 'NO_OUTCOME' });
    return { items, groups: this.groups, deadTokens: this.deadTokens, projectFault: this.projectFault, regroup: this.regroup };
  }
}

/**
 * Splits what a whole refused request held: into ten, and ten again down to single messages, so that one bad message of a hundred costs
 * some twenty requests and its neighbours arrive. A single message that is refused has failed.
 */
function isolate(resolver: Resolver, prepared: PreparedChunk, code: string): void {
  const { messages, lease } = prepared;
  if (messages.length === 1) {
    resolver.put(0, { to: 'failed', code });
    return;
  }
  const size = Math.ceil(messages.length / SPLIT_INTO);
  for (const index of messages.keys()) {
    const group = resolver.group(`part ${Math.floor(index / size)}`, () => 0, lease.attempt);
    resolver.put(index, { to: 'queued', code, group, resent: false });
  }
}

function regroup(resolver: Resolver, prepared: PreparedChunk, code: string, projectOfToken: ReadonlyMap<string, string>): void {
  const names = new Set(prepared.messages.map((message) => projectOfToken.get(message.token)));
  if (names.size < 2) {
    isolate(resolver, prepared, code);
    return;
  }
  for (const [index, message] of prepared.messages.entries()) {
    const name = projectOfToken.get(message.token);
    const group = resolver.group(name === undefined ? 'untold' : `project ${name}`, () => 0, prepared.lease.attempt);
    resolver.put(index, { to: 'queued', code, group, resent: false });
    if (name === undefined) continue;
    const moved = resolver.regroup.get(name) ?? { group, tokenIds: [] };
    moved.tokenIds.push(prepared.tokenIds[index] ?? '');
    resolver.regroup.set(name, moved);
  }
}

/** What a result means for each message. A whole chunk that was refused goes back as it is: see ChunkSender. */
export function resolveResult(prepared: PreparedChunk, result: TakenResult, rules: Rules): Resolution {
  const resolver = new Resolver(prepared, rules);
  switch (result.kind) {
    case 'answered':
      for (const [index, outcome] of result.outcomes.entries()) resolver.settle(index, outcome);
      break;
    case 'ambiguous':
      for (const index of prepared.messages.keys()) resolver.settle(index, { kind: 'ambiguous', code: result.code });
      break;
    case 'isolate':
      isolate(resolver, prepared, result.code);
      break;
    case 'regroup':
      regroup(resolver, prepared, result.code, result.projectOfToken);
      break;
  }
  return resolver.done();
}

export function attemptFacts(result: SendResult, durationMs: number): AttemptFacts {
  return {
    outcome: result.kind,
    durationMs,
    httpStatus: result.httpStatus,
    code: result.kind === 'answered' ? null : result.code,
    requestId: result.requestId,
  };
}
