/** A user's settings as the API takes and gives them. Times of day are on her own clock. */
import { z } from 'zod';
import { typeNamePattern, typeNameRule } from '../notifications/type-name.js';
import { isKnownTimezone } from '../planning/local-time.js';

const typeName = z.string().regex(typeNamePattern, typeNameRule);
const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day as in 22:00')
  .meta({ examples: ['22:00'] });
const timezone = z
  .string()
  .refine(isKnownTimezone, 'must be a time zone as in Asia/Tokyo')
  .nullable()
  .meta({ description: 'IANA name; null: the default of the policy', examples: ['Asia/Tokyo'] });

const quietHours = z.strictObject({
  enabled: z.boolean(),
  start: timeOfDay.meta({ description: 'From here on pushes wait, except those of urgent types.' }),
  end: timeOfDay.meta({ description: 'From here on they go out. The same as start: no quiet hours.' }),
});

const types = z
  .record(typeName, z.strictObject({ enabled: z.boolean() }))
  .meta({ description: 'What she said of single types of notifications. A type that is not here is on.' });

export const settingsSchema = z.strictObject({ pushEnabled: z.boolean(), timezone, quietHours, types });
export type NotificationSettings = z.output<typeof settingsSchema>;

/** What is left out stays as it is; of `types`, every type that is not named too. */
export const settingsPatchSchema = z.strictObject({
  pushEnabled: z.boolean().optional(),
  timezone: timezone.optional(),
  quietHours: quietHours.partial().optional(),
  types: types.optional(),
});
export type SettingsPatch = z.input<typeof settingsPatchSchema>;

/** Of a user who has said nothing; the defaults of public.notification_settings. */
export const defaultSettings: NotificationSettings = {
  pushEnabled: true,
  timezone: null,
  quietHours: { enabled: false, start: '22:00', end: '07:00' },
  types: {},
};
