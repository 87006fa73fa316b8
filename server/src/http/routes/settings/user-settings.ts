import { NotificationSettingsManager } from '../../../settings/notification-settings-manager.js';
import { settingsPatchSchema, settingsSchema } from '../../../settings/settings-form.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { uuidParams } from '../../schemas.js';
import { replaceSettings } from './replace-settings.js';

const shared = { url: '/v1/users/:id/settings', tag: 'Settings', params: uuidParams, answers: { 200: settingsSchema } } as const;

/** What a user wants, for the app's back end. */
export function userSettings({ database, caches }: HttpParts): Route[] {
  return [
    route({
      ...shared,
      method: 'GET',
      access: ['send', 'operate'],
      summary: "A user's settings; the defaults when she has said nothing",
      handle: ({ params }) =>
        caches.settings.get(params.id, '', async () => ({
          value: await new NotificationSettingsManager(database).getSettings(params.id),
          freshMs: null,
        })),
    }),
    route({
      ...shared,
      method: 'PATCH',
      access: ['send'],
      summary: "Change some of a user's settings",
      body: settingsPatchSchema,
      handle: ({ params, body }) =>
        new NotificationSettingsManager(database).updateSettings(params.id, body).finally(() => caches.settings.forget(params.id)),
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
