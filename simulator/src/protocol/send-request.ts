import type { Reply } from '../server/answer.js';
import { TOKEN_BEHAVIOURS } from '../tokens/behaviours.js';
import type { TokenProfile, TokenRegistry } from '../tokens/registry.js';
import { type ExpoMessage, faultOfMessage } from './messages.js';
import { mixedProjects, tooManyNotifications, validationError } from './request-errors.js';

/** Recipients of one request, counted over the whole body. */
const MAX_RECIPIENTS = 100;

/** A well-formed send request, flattened to recipients: `messages[i]` goes to `tokens[i]`. */
export interface SendRequest {
  readonly tokens: readonly string[];
  readonly messages: readonly ExpoMessage[];
  /** The body was one message with one recipient, so the answer's `data` is one ticket and not an array. */
  readonly single: boolean;
}

/** Reads a body as Expo does: one bad message refuses them all. */
export function readSendRequest(text: string): SendRequest | Reply {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return validationError('The request body is not valid JSON.');
  }
  const isArray = Array.isArray(parsed);
  const list: readonly unknown[] = isArray ? (parsed as unknown[]) : [parsed];
  if (list.length === 0) return validationError('"value" must contain at least 1 items.');
  for (let i = 0; i < list.length; i += 1) {
    const fault = faultOfMessage(list[i], isArray ? `[${i}]` : '');
    if (fault !== undefined) return validationError(fault);
  }
  const request = flatten(list as readonly ExpoMessage[], !isArray);
  if (request.tokens.length > MAX_RECIPIENTS) return tooManyNotifications(request.tokens.length, MAX_RECIPIENTS);
  return request;
}

function flatten(list: readonly ExpoMessage[], single: boolean): SendRequest {
  const tokens: string[] = [];
  const messages: ExpoMessage[] = [];
  for (const message of list) {
    if (typeof message.to === 'string') {
      tokens.push(message.to);
      messages.push(message);
      continue;
    }
    for (const token of message.to) {
      tokens.push(token);
      messages.push(message);
    }
  }
  return { tokens, messages, single: single && typeof list[0]?.to === 'string' };
}

/**
 * The one project of a request, or the refusal of a request that mixes projects. Tokens that Expo does not know
 * (malformed, dead) belong to none.
 */
export function projectOf(profiles: readonly TokenProfile[], tokens: readonly string[], registry: TokenRegistry): string | Reply {
  if (!registry.mayMixProjects) return registry.default.project;
  const known = new Map<string, string[]>();
  for (const [index, { behaviour, project }] of profiles.entries()) {
    const { ticket } = TOKEN_BEHAVIOURS[behaviour];
    if (ticket === 'DeviceNotRegistered' || ticket === 'malformed') continue;
    const token = tokens[index] ?? '';
    const others = known.get(project);
    if (others) others.push(token);
    else known.set(project, [token]);
  }
  if (known.size > 1) return mixedProjects(known);
  const [first] = known.keys();
  return first ?? registry.default.project;
}
