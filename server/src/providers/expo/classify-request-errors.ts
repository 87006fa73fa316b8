import type { OutgoingMessage, SendResult } from '../provider.js';
import { asFields } from './answer-fields.js';
import { readRequestError } from './request-errors.js';

interface RefusedAnswer {
  readonly status: number;
  /** The parsed body; undefined when it is no JSON or didn't come whole. */
  readonly answer: unknown;
  readonly retryAfterMs: number | null;
}

/** What an answer without tickets means for the request. */
export function classifyRequestError({ status, answer, retryAfterMs }: RefusedAnswer, messages: readonly OutgoingMessage[]): SendResult {
  const { reaction, code, byProvider, requestId, details } = readRequestError(status, answer);
  const facts = { code, httpStatus: status, requestId };
  switch (reaction) {
    case 'project_fault':
    case 'ambiguous':
      return { kind: reaction, ...facts };
    case 'isolate':
      return { kind: 'isolate', byProvider, ...facts };
    // Nothing is left to split, and whoever said "too large" is not Expo: this message isn't the reason.
    case 'halve':
      if (messages.length > 1) return { kind: 'isolate', byProvider, ...facts };
      return { kind: 'transient', retryAfterMs, wholeProject: false, ...facts };
    case 'slow_down':
    case 'retry':
      return { kind: 'transient', retryAfterMs, wholeProject: reaction === 'slow_down', ...facts };
    case 'regroup': {
      const projectOfToken = projectsIn(details, messages);
      // Groups that would leave the request as it is can only repeat the refusal; halving it always ends.
      return regroupingSplits(projectOfToken, messages)
        ? { kind: 'regroup', projectOfToken, ...facts }
        : { kind: 'isolate', byProvider, ...facts };
    }
  }
}

/** `details` of PUSH_TOO_MANY_EXPERIENCE_IDS: `{"@owner/app": ["<token>", …], …}`. Only tokens of the request are taken from it. */
function projectsIn(details: unknown, messages: readonly OutgoingMessage[]): ReadonlyMap<string, string> {
  const asked = new Set(messages.map(({ token }) => token));
  const projects = new Map<string, string>();
  for (const [project, tokens] of Object.entries(asFields(details) ?? {})) {
    if (!projectForm.test(project) || !Array.isArray(tokens)) continue;
    for (const token of tokens) {
      if (typeof token === 'string' && asked.has(token) && !projects.has(token)) projects.set(token, project);
    }
  }
  return projects;
}

/** `@owner/app`; whatever is printable passes, as it becomes a project's name. */
const projectForm = /^[\x21-\x7e]{1,255}$/;

function regroupingSplits(projectOfToken: ReadonlyMap<string, string>, messages: readonly OutgoingMessage[]): boolean {
  return new Set(messages.map(({ token }) => projectOfToken.get(token))).size > 1;
}
