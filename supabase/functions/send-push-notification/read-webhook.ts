/** What a database webhook of Supabase posts. */
export interface Webhook {
  readonly type: 'INSERT' | 'UPDATE' | 'DELETE';
  readonly schema: string;
  readonly table: string;
  readonly record: Readonly<Record<string, unknown>> | null;
}

/** null: it is none; whatever else it is, Todoku judges it. */
export function readWebhook(bytes: Uint8Array): Webhook | null {
  const value = parsed(bytes);
  if (!isObject(value) || !('record' in value)) return null;
  const { type, schema, table, record } = value;
  if (type !== 'INSERT' && type !== 'UPDATE' && type !== 'DELETE') return null;
  if (typeof schema !== 'string' || typeof table !== 'string') return null;
  return { type, schema, table, record: isObject(record) ? record : null };
}

/** Why nothing is to be done about it; null: its row becomes a notification. */
export function whyIgnored({ type, schema, table, record }: Webhook): string | null {
  // A trigger for each row says the partition that the row went into, and those are in Todoku's own schema.
  if (schema === 'push' || (schema === 'public' && table === 'notifications'))
    return 'Rows of notifications reach Todoku in their own transaction: this webhook is not needed, and forwarding it would send twice.';
  if (type !== 'INSERT' || record === null) return `Only rows that are inserted become notifications; this is ${type}.`;
  return null;
}

/** Columns as `notifications` has them, and the fields that they become. */
const columns = {
  user_id: 'userId',
  type: 'type',
  title: 'title',
  message: 'message',
  data: 'data',
  send_at: 'sendAt',
  expires_at: 'expiresAt',
  collapse_key: 'collapseKey',
  push: 'push',
} as const;

/** Of a row of any table with such columns. Other columns are the table's own; null is as if the column was not there. */
export function notificationOf(record: Readonly<Record<string, unknown>>): object {
  const fields = Object.entries(columns).flatMap(([column, field]) => {
    const value = record[column] ?? null;
    return value === null ? [] : [[field, value] as const];
  });
  return Object.fromEntries(fields);
}

/** The column that a field came from: `userId` was `record.user_id`. */
export function columnPath(path: string): string {
  const [field = '', ...deeper] = path.split(/(?=[.[])/);
  const column = Object.entries(columns).find(([, name]) => name === field)?.[0];
  return column === undefined ? path : `record.${[column, ...deeper].join('')}`;
}

/** The same for the same event however often it is posted: the platform may post one twice, byte for byte. */
export async function keyOfWebhook(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return `webhook-${[...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
