import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settingsSchema } from './settings-form.js';
import { type SettingsRow, toNotificationSettings, toUserSettings } from './stored-settings.js';

const row: SettingsRow = {
  push_enabled: true,
  timezone: 'Europe/Berlin',
  quiet_hours_enabled: true,
  quiet_hours_start: '22:00:00',
  quiet_hours_end: '07:30:00',
  types: { feeding: { enabled: false }, growth: { enabled: true } },
};

describe('toUserSettings', () => {
  it('gives planning what the row says', () => {
    expect(toUserSettings(row)).toEqual({
      pushEnabled: true,
      timezone: 'Europe/Berlin',
      quietHours: { startMinute: 1320, endMinute: 450 },
      disabledTypes: ['feeding'],
    });
    expect(toUserSettings({ ...row, quiet_hours_enabled: false }).quietHours).toBeNull();
  });

  it.each([[null], [[]], ['feeding'], [{ feeding: null, a: 1, b: [], c: {}, d: { enabled: 'false' }, e: { enabled: null }, f: false }]])(
    'reads types %j as nothing said',
    (types) => {
      expect(toUserSettings({ ...row, types }).disabledTypes).toEqual([]);
      expect(toNotificationSettings({ ...row, types }).types).toEqual({});
    },
  );

  it('reads types that are called like properties of every object', () => {
    const types: unknown = JSON.parse(
      '{"constructor": {"enabled": false}, "__proto__": {"enabled": false}, "toString": {"enabled": true}}',
    );
    expect(toUserSettings({ ...row, types }).disabledTypes).toEqual(['constructor', '__proto__']);
    expect(toUserSettings({ ...row, types: {} }).disabledTypes).toEqual([]);
  });

  it('survives whatever is stored', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (types) => {
        expect(Array.isArray(toUserSettings({ ...row, types }).disabledTypes)).toBe(true);
      }),
    );
  });
});

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
});
