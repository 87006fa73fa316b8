import { z } from 'zod';

export const cacheNames = ['notifications', 'settings', 'tokens'] as const;
/** notifications: counts of unread ones; settings: of users; tokens: the devices of users. */
export type CacheName = (typeof cacheNames)[number];

export interface CacheConfig {
  /** Milliseconds: an entry is read anew after this long, whatever was heard of it. */
  readonly ttl: number;
  /** Most users in it; the one that was not asked for the longest goes first. */
  readonly maxSize: number;
  /** false: every question goes to the database. */
  readonly enabled: boolean;
}

/** What every process goes by. */
export interface Tuning {
  /** Whether the controller adjusts slots, chunk size and claim size by itself. */
  readonly controller: boolean;
  /** Chunks that one worker sends at the same time. */
  readonly slots: number;
  /** Most deliveries of a chunk, which is one request. */
  readonly chunkSize: number;
  /** Most chunks of one claim. */
  readonly claimSize: number;
  readonly caches: Readonly<Record<CacheName, CacheConfig>>;
}

/** The same as in push.tuning, and as the environment may say. Expo takes 100 messages a request. */
export const tuningBounds = {
  slots: { least: 1, most: 200 },
  chunkSize: { least: 1, most: 100 },
  claimSize: { least: 1, most: 200 },
  ttl: { least: 100, most: 3_600_000 },
  maxSize: { least: 1, most: 1_000_000 },
} as const;

const within = ({ least, most }: { readonly least: number; readonly most: number }) => {
  const rule = `has to be a whole number from ${least} to ${most}`;
  return z.int(rule).min(least, rule).max(most, rule);
};
const unset = 'null: the default';
const ttl = within(tuningBounds.ttl)
  .nullable()
  .meta({ description: `Milliseconds; ${unset}` });
const maxSize = within(tuningBounds.maxSize)
  .nullable()
  .meta({ description: `Most users in it; ${unset}` });
const enabled = z.boolean().nullable().meta({ description: unset });

/** What can be set, as push.tuning has it; null: nothing is set. */
export const tuningSchema = z.strictObject({
  controller: z.boolean().meta({ description: 'Slots, chunk size and claim size are adjusted by what is measured' }),
  slots: within(tuningBounds.slots).nullable().meta({ description: 'Chunks that one worker sends at once; null: TODOKU_DELIVERY_SLOTS' }),
  chunkSize: within(tuningBounds.chunkSize).nullable().meta({ description: 'Deliveries in one request; null: TODOKU_CHUNK_SIZE' }),
  claimSize: within(tuningBounds.claimSize).nullable().meta({ description: 'Chunks in one claim; null: as many as there are free slots' }),
  notificationsTtl: ttl,
  notificationsMaxSize: maxSize,
  notificationsEnabled: enabled,
  settingsTtl: ttl,
  settingsMaxSize: maxSize,
  settingsEnabled: enabled,
  tokensTtl: ttl,
  tokensMaxSize: maxSize,
  tokensEnabled: enabled,
});
export type TuningSettings = z.output<typeof tuningSchema>;
export type TuningChange = { readonly [Field in keyof TuningSettings]?: TuningSettings[Field] | undefined };

/** What the environment of a process says. */
export interface TuningDefaults {
  readonly slots: number;
  readonly chunkSize: number;
}

const defaultCaches: Readonly<Record<CacheName, CacheConfig>> = {
  // Short, because what is inserted with the trigger off, or while no worker plans, is heard of by nobody.
  notifications: { ttl: 30_000, maxSize: 50_000, enabled: true },
  settings: { ttl: 60_000, maxSize: 50_000, enabled: true },
  tokens: { ttl: 60_000, maxSize: 20_000, enabled: true },
};

const untuned: TuningSettings = {
  controller: false,
  slots: null,
  chunkSize: null,
  claimSize: null,
  notificationsTtl: null,
  notificationsMaxSize: null,
  notificationsEnabled: null,
  settingsTtl: null,
  settingsMaxSize: null,
  settingsEnabled: null,
  tokensTtl: null,
  tokensMaxSize: null,
  tokensEnabled: null,
};

/** What is in force: what is set, else what the environment says. */
export function inForce(set: TuningSettings, defaults: TuningDefaults): Tuning {
  const cache = (name: CacheName): CacheConfig => ({
    ttl: set[`${name}Ttl`] ?? defaultCaches[name].ttl,
    maxSize: set[`${name}MaxSize`] ?? defaultCaches[name].maxSize,
    enabled: set[`${name}Enabled`] ?? defaultCaches[name].enabled,
  });
  return {
    controller: set.controller,
    slots: set.slots ?? defaults.slots,
    chunkSize: set.chunkSize ?? defaults.chunkSize,
    claimSize: set.claimSize ?? tuningBounds.claimSize.most,
    caches: { notifications: cache('notifications'), settings: cache('settings'), tokens: cache('tokens') },
  };
}

/** What the environment says, with nothing set. */
export function untunedValues(defaults: TuningDefaults): Tuning {
  return inForce(untuned, defaults);
}
