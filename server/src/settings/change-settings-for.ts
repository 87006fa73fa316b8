import type { Database } from '../database/database.js';
import { recordAct } from '../security/audit.js';
import { NotificationSettingsManager } from './notification-settings-manager.js';
import type { NotificationSettings, SettingsPatch } from './settings-form.js';

/** An operator changes what a user has set: the change and its entry in the audit are one commit. Throws INVALID_INPUT with the field's path. */
export async function changeSettingsFor(
  database: Database,
  userId: string,
  patch: SettingsPatch,
  by: { readonly actor: string; readonly reason: string },
): Promise<NotificationSettings> {
  return await database.transaction(async (tx) => {
    const settings = await new NotificationSettingsManager(tx).updateSettings(userId, patch);
    await recordAct(tx, { ...by, action: 'settings.change', target: `user:${userId}`, details: patch });
    return settings;
  });
}
