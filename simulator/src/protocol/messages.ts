/** One message of a send request, after its types were checked. Fields as Expo documents them. */
export interface ExpoMessage {
  readonly to: string | readonly string[];
  readonly data?: Readonly<Record<string, unknown>>;
  readonly title?: string;
  readonly body?: string;
  readonly subtitle?: string;
  readonly collapseId?: string;
  readonly tag?: string;
  readonly [field: string]: unknown;
}

type Unchecked = Readonly<Record<string, unknown>>;

const STRINGS = [
  'subtitle',
  'channelId',
  'icon',
  'categoryId',
  'collapseId',
  'tag',
  'threadId',
  'targetContentId',
  'filterCriteria',
] as const;
const NUMBERS = ['ttl', 'expiration', 'badge', 'relevanceScore'] as const;
const BOOLEANS = ['contentAvailable', '_contentAvailable', 'mutableContent'] as const;
const PRIORITIES = new Set<unknown>(['default', 'normal', 'high']);
const INTERRUPTION_LEVELS = new Set<unknown>(['active', 'critical', 'passive', 'time-sensitive']);
const LARGEST_BADGE_OR_TTL = Number.MAX_SAFE_INTEGER;

/** Checks in order of likelihood that a field exists; every load is by a fixed name so that V8 keeps it cheap. */
export function faultOfMessage(message: unknown, at: string): string | undefined {
  if (!isObject(message)) return `${quoted(at, '')} must be of type object.`;
  const { to, title, body, data, sound, priority } = message;
  if (typeof to !== 'string') {
    if (!Array.isArray(to)) return `${quoted(at, 'to')} must be a string or an array of strings.`;
    if (!to.every((one) => typeof one === 'string')) return `${quoted(at, 'to')} must contain only strings.`;
  }
  if (title !== undefined && typeof title !== 'string') return `${quoted(at, 'title')} must be a string.`;
  if (body !== undefined && typeof body !== 'string') return `${quoted(at, 'body')} must be a string.`;
  // Expo writes this one text without quotation marks (captured).
  if (data !== undefined && !isObject(data)) return `${at === '' ? '' : `${at}.`}data must be of type object.`;
  if (priority !== undefined && !PRIORITIES.has(priority)) {
    return `${quoted(at, 'priority')} must be one of [default, normal, high].`;
  }
  if (sound !== undefined && sound !== null && typeof sound !== 'string' && !isObject(sound)) {
    return `${quoted(at, 'sound')} must be a string.`;
  }
  return faultOfRareField(message, at);
}

function faultOfRareField(message: Unchecked, at: string): string | undefined {
  for (const field of STRINGS) {
    const value = message[field];
    if (value !== undefined && typeof value !== 'string') return `${quoted(at, field)} must be a string.`;
  }
  for (const field of NUMBERS) {
    const value = message[field];
    if (value === undefined) continue;
    if (typeof value !== 'number' || Math.abs(value) > LARGEST_BADGE_OR_TTL) return `${quoted(at, field)} must be a number.`;
  }
  for (const field of BOOLEANS) {
    const value = message[field];
    if (value !== undefined && typeof value !== 'boolean') return `${quoted(at, field)} must be a boolean.`;
  }
  const { interruptionLevel, richContent } = message;
  if (interruptionLevel !== undefined && !INTERRUPTION_LEVELS.has(interruptionLevel)) {
    return `${quoted(at, 'interruptionLevel')} must be one of [active, critical, passive, time-sensitive].`;
  }
  if (richContent !== undefined && !isObject(richContent)) return `${quoted(at, 'richContent')} must be of type object.`;
  return undefined;
}

function quoted(at: string, field: string): string {
  if (at === '') return `"${field === '' ? 'value' : field}"`;
  return `"${at}${field === '' ? '' : `.${field}`}"`;
}

function isObject(value: unknown): value is Unchecked {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
