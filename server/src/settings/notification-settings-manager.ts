import type { Queryable } from '../database/database.js';
import { DatabaseError } from '../database/database-error.js';
import { parseInput } from '../errors/parse-input.js';
import { TodokuError } from '../errors/todoku-error.js';
import type { UserCache } from '../performance/caches/user-cache.js';
import { defaultSettings, type NotificationSettings, type SettingsPatch, settingsPatchSchema } from './settings-form.js';
import { type SettingsRow, toNotificationSettings } from './stored-settings.js';

/** Planning reads the whole row with every notification, and a caller could make up types without end. */
const mostTypes = 200;

const columns = /* sql */ 'push_enabled, timezone, quiet_hours_enabled, quiet_hours_start, quiet_hours_end, types';

const readSettings = /* sql */ `select ${columns} from public.notification_settings where user_id = $1`;

/** $3: whether a zone is given, null being one. No row comes back when the user would have more than $9 types. */
const writeSettings = /* sql */ `
insert into public.notification_settings as s
  (user_id, push_enabled, timezone, quiet_hours_enabled, quiet_hours_start, quiet_hours_end, types)
select $1, coalesce($2::boolean, true), $4, coalesce($5::boolean, false), coalesce($6::time, '22:00'), coalesce($7::time, '07:00'), $8::jsonb
on conflict (user_id) do update set
  push_enabled = coalesce($2::boolean, s.push_enabled),
  timezone = case when $3::boolean then $4 else s.timezone end,
  quiet_hours_enabled = coalesce($5::boolean, s.quiet_hours_enabled),
  quiet_hours_start = coalesce($6::time, s.quiet_hours_start),
  quiet_hours_end = coalesce($7::time, s.quiet_hours_end),
  types = s.types || excluded.types
where (select count(*) from jsonb_object_keys(s.types || excluded.types)) <= $9
returning ${columns}`;

/** What users want: pushes or none, of which types, and when not. Who may ask for whom is decided at the door. */
export class NotificationSettingsManager {
  readonly #database: Queryable;
  readonly #cache: UserCache<NotificationSettings> | null;

  /** cache: of the process, which hears when a row changes elsewhere; null: every question goes to the database, as inside a transaction it has to. */
  constructor(database: Queryable, cache: UserCache<NotificationSettings> | null = null) {
    this.#database = database;
    this.#cache = cache;
  }

  /** The defaults for a user who has said nothing. */
  async getSettings(userId: string): Promise<NotificationSettings> {
    if (this.#cache === null) return await this.#read(userId);
    return await this.#cache.get(userId, '', async () => ({ value: await this.#read(userId), freshMs: null }));
  }

  async #read(userId: string): Promise<NotificationSettings> {
    const [row] = await this.#database.query<SettingsRow>(readSettings, [userId]);
    return row === undefined ? defaultSettings : toNotificationSettings(row);
  }

  /** Changes what `patch` names and gives the whole. Throws INVALID_INPUT, `prefix` being where the patch stands; nothing is stored then. */
  async updateSettings(userId: string, patch: SettingsPatch, prefix = ''): Promise<NotificationSettings> {
    const { pushEnabled, timezone, quietHours, types = {} } = parseInput(settingsPatchSchema, patch, prefix);
    const path = (field: string): string => (prefix === '' ? field : `${prefix}.${field}`);
    const tooMany = new TodokuError('INVALID_INPUT', {
      path: path('types'),
      message: `${path('types')}: at most ${mostTypes} types can be kept`,
    });
    if (Object.keys(types).length > mostTypes) {
      throw tooMany;
    }
    const parameters = [
      userId,
      pushEnabled ?? null,
      timezone !== undefined,
      timezone ?? null,
      quietHours?.enabled ?? null,
      quietHours?.start ?? null,
      quietHours?.end ?? null,
      JSON.stringify(types),
      mostTypes,
    ];
    const [row] = await this.#database
      .query<SettingsRow>(writeSettings, parameters)
      .catch((error: unknown) => {
        throw isUnknownZone(error) ? zoneUnknownToPostgres(path('timezone'), error) : error;
      })
      .finally(() => this.#cache?.forget(userId));
    if (row === undefined) {
      throw tooMany;
    }
    return toNotificationSettings(row);
  }
}

/** Node and Postgres bring their own lists of zones, and one of them may be older. */
function isUnknownZone(error: unknown): boolean {
  return error instanceof DatabaseError && error.constraint === 'notification_settings_timezone_known';
}

function zoneUnknownToPostgres(path: string, cause: unknown): TodokuError {
  return new TodokuError('INVALID_INPUT', { path, message: `${path}: is a time zone that this Postgres does not know`, cause });
}
