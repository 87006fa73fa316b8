import { actAsUser } from '../../../security/act-as-user.js';
import { NotificationSettingsManager } from '../../../settings/notification-settings-manager.js';
import { settingsPatchSchema, settingsSchema } from '../../../settings/settings-form.js';
import { userOf } from '../../caller.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { replaceSettings } from './replace-settings.js';

const shared = { url: '/v1/settings', access: ['user'], tag: 'Settings', answers: { 200: settingsSchema } } as const;

/** What the caller wants herself. As the user, so that row level security is the judge. */
export function ownSettings({ database, caches }: HttpParts): Route[] {
  return [
    route({
      ...shared,
      method: 'GET',
      summary: "The caller's settings; the defaults when she has said nothing",
      handle: ({ caller }) => {
        const user = userOf(caller);
        const load = async () => ({
          value: await actAsUser(database, user, (tx) => new NotificationSettingsManager(tx).getSettings(user.userId)),
          freshMs: null,
        });
        return caches.settings.get(user.userId, JSON.stringify(user.claims), load);
      },
    }),
    route({
      ...shared,
      method: 'PATCH',
      summary: "Change some of the caller's settings",
      body: settingsPatchSchema,
      handle: ({ caller, body }) => {
        const user = userOf(caller);
        const change = actAsUser(database, user, (tx) => new NotificationSettingsManager(tx).updateSettings(user.userId, body));
        return change.finally(() => caches.settings.forget(user.userId));
      },
    }),
    route({
      ...shared,
      method: 'PUT',
      summary: "Replace the caller's settings",
      body: settingsSchema,
      handle: ({ caller, body }) => {
        const user = userOf(caller);
        const change = actAsUser(database, user, (tx) => replaceSettings(tx, user.userId, body));
        return change.finally(() => caches.settings.forget(user.userId));
      },
    }),
  ];
}
