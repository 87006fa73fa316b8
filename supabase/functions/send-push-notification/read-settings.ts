export type Env = Readonly<Record<string, string | undefined>>;

export interface Settings {
  /** Of `POST /v1/notifications`. */
  readonly target: URL;
  /** With scope `send`. */
  readonly apiKey: string;
}

/** Which variables are wrong; never what they hold. */
export type SettingsProblem = { readonly problem: string };

export function readSettings({ TODOKU_URL, TODOKU_API_KEY }: Env): Settings | SettingsProblem {
  const target = targetOf(TODOKU_URL?.trim() ?? '');
  const apiKey = TODOKU_API_KEY?.trim() ?? '';
  if (target === null) return { problem: 'TODOKU_URL has to be where Todoku is reached: http(s)://host, without user, query or fragment.' };
  if (!/^[\x21-\x7e]+$/.test(apiKey)) return { problem: 'TODOKU_API_KEY has to be an API key of Todoku with scope send.' };
  return { target, apiKey };
}

function targetOf(text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const base = new URL(text);
  if (base.protocol !== 'https:' && base.protocol !== 'http:') return null;
  if (base.username !== '' || base.password !== '' || base.search !== '' || base.hash !== '') return null;
  return new URL(`${base.origin}${base.pathname.replace(/\/+$/, '')}/v1/notifications`);
}

/**
 * The keys of the service role that the platform gives to every function: the older one, a JWT, and those of the newer kind, `sb_secret_…`, as
 * `{"<name>": "<key>"}`. Without any, nobody is let in.
 */
export function readServiceKeys({ SUPABASE_SERVICE_ROLE_KEY, SUPABASE_SECRET_KEYS }: Env): readonly string[] {
  return [SUPABASE_SERVICE_ROLE_KEY, ...valuesIn(SUPABASE_SECRET_KEYS)]
    .filter((key) => typeof key === 'string')
    .map((key) => key.trim())
    .filter((key) => key.length >= leastKeyCharacters);
}

/** What is shorter is a placeholder, and could be guessed. */
const leastKeyCharacters = 20;

function valuesIn(json: string | undefined): readonly unknown[] {
  try {
    const keys: unknown = JSON.parse(json ?? '{}');
    return typeof keys === 'object' && keys !== null ? Object.values(keys) : [];
  } catch {
    return [];
  }
}
