import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settingsSchema } from './settings-form.js';
import { type SettingsRow, toNotificationSettings } from './stored-settings.js';

const row: SettingsRow = {
  push_enabled: true,
  timezone: 'Europe/Berlin',
  quiet_hours_enabled: true,
  quiet_hours_start: '22:00:00',
  quiet_hours_end: '07:30:00',
  types: { feeding: { enabled: false }, growth: { enabled: true } },
};

describe('toNotificationSettings', () => {
  it('gives the API what the row says, in the form that it takes', () => {
    const settings = toNotificationSettings(row);
    expect(settings).toEqual({
      pushEnabled: true,
      timezone: 'Europe/Berlin',
      quietHours: { enabled: true, start: '22:00', end: '07:30' },
      types: { feeding: { enabled: false }, growth: { enabled: true } },
    });
    expect(settingsSchema.parse(settings)).toEqual(settings);
  });

  it.each([[null], [[]], ['feeding'], [{ feeding: null, a: 1, b: [], c: {}, d: { enabled: 'false' }, e: { enabled: null }, f: false }]])(
    'reads types %j as nothing said',
    (types) => {
      expect(toNotificationSettings({ ...row, types }).types).toEqual({});
    },
  );

  it('reads types that are called like properties of every object', () => {
    const types: unknown = JSON.parse(
      '{"constructor": {"enabled": false}, "__proto__": {"enabled": false}, "toString": {"enabled": true}}',
    );
    expect(JSON.stringify(toNotificationSettings({ ...row, types }).types)).toBe(JSON.stringify(types));
  });

  it('survives whatever is stored', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (types) => {
        expect(toNotificationSettings({ ...row, types })).toMatchObject({ pushEnabled: true });
      }),
    );
  });
});
