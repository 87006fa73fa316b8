import { NotificationSettingsManager } from '../../../settings/notification-settings-manager.js';
import { settingsPatchSchema, settingsSchema } from '../../../settings/settings-form.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { uuidParams } from '../../schemas.js';
import { replaceSettings } from './replace-settings.js';

const shared = { url: '/v1/users/:id/settings', tag: 'Settings', params: uuidParams, answers: { 200: settingsSchema } } as const;

/** What a user wants, for the app's back end. */
export function userSettings({ database, caches }: HttpParts): Route[] {
  const manager = new NotificationSettingsManager(database, caches.settings);
  return [
    route({
      ...shared,
      method: 'GET',
      access: ['send', 'operate'],
      summary: "A user's settings; the defaults when she has said nothing",
      handle: ({ params }) => manager.getSettings(params.id),
    }),
    route({
      ...shared,
      method: 'PATCH',
      access: ['send'],
      summary: "Change some of a user's settings",
      body: settingsPatchSchema,
      handle: ({ params, body }) => manager.updateSettings(params.id, body),
    }),
    route({
      ...shared,
      method: 'PUT',
      access: ['send'],
      summary: "Replace a user's settings",
      body: settingsSchema,
      handle: ({ params, body }) =>
        database.transaction((tx) => replaceSettings(tx, params.id, body)).finally(() => caches.settings.forget(params.id)),
    }),
  ];
}
