import type { Queryable } from '../../../database/database.js';
import { NotificationSettingsManager } from '../../../settings/notification-settings-manager.js';
import type { NotificationSettings } from '../../../settings/settings-form.js';

/** Types that she had an opinion of and that are not named any more are on again. Has to run in a transaction. */
export async function replaceSettings(tx: Queryable, userId: string, wanted: NotificationSettings): Promise<NotificationSettings> {
  const manager = new NotificationSettingsManager(tx);
  const { types } = await manager.getSettings(userId);
  const on = Object.fromEntries(Object.keys(types).map((type) => [type, { enabled: true }]));
  return await manager.updateSettings(userId, { ...wanted, types: { ...on, ...wanted.types } });
}
