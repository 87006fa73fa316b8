import { quietHoursOf, timeOfDay } from '../planning/settings-row.js';
import type { NotificationSettings } from './settings-form.js';

/** A row of public.notification_settings. The app writes it too, so `types` may hold anything. */
export interface SettingsRow {
  readonly push_enabled: boolean;
  readonly timezone: string | null;
  readonly quiet_hours_enabled: boolean;
  /** `HH:MM:SS` */
  readonly quiet_hours_start: string;
  readonly quiet_hours_end: string;
  readonly types: unknown;
}

/** As the API gives them: what planning makes of the row, not what was written. What is stored and can't be read counts as not said. */
export function toNotificationSettings(row: SettingsRow): NotificationSettings {
  const { startMinute, endMinute } = quietHoursOf(row.quiet_hours_start, row.quiet_hours_end);
  return {
    pushEnabled: row.push_enabled,
    timezone: row.timezone,
    quietHours: { enabled: row.quiet_hours_enabled, start: timeOfDay(startMinute), end: timeOfDay(endMinute) },
    types: typesOf(row),
  };
}

function typesOf({ types }: SettingsRow): NotificationSettings['types'] {
  const entries = isObject(types) ? Object.entries(types) : [];
  // fromEntries sets own properties, whatever they are called.
  return Object.fromEntries(
    entries.flatMap(([type, said]) => (isObject(said) && typeof said.enabled === 'boolean' ? [[type, { enabled: said.enabled }]] : [])),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
