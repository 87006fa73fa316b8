import type { Database } from '../../database/database.js';
import { LocalTime } from '../local-time.js';
import { loadPolicy } from '../policy-cache.js';
import { quietHoursOf, timeOfDay } from '../settings-row.js';
import { knownZone } from './explain-notification.js';
import { readCap } from './read-cap.js';
import { describeDevice, type FoundDevice } from './read-deliveries.js';
import { readStops } from './read-stops.js';
import { findDevicesOfUser, findRecent, findSettings } from './story-statements.js';
import type { RecentNotification, Standing, UserStory } from './story-types.js';

interface FoundSettings {
  readonly pushEnabled: boolean;
  readonly timezone: string | null;
  readonly quietHoursEnabled: boolean;
  readonly quietHoursStart: string;
  readonly quietHoursEnd: string;
  readonly disabledTypes: string[];
}

interface FoundRecent {
  readonly id: string;
  readonly createdAt: Date;
  readonly type: string;
  readonly title: string;
  readonly verdict: 1 | 2 | 3 | null;
  readonly reason: string | null;
  readonly deliveries: number | null;
  readonly heldUntil: Date | null;
  readonly inOutbox: boolean;
  readonly states: Record<string, number> | null;
  readonly devices: number | null;
}

const recentNotifications = 20;

/** Never throws NOT_FOUND: that nothing is known of a user is an answer. */
export async function explainUser(database: Database, userId: string, localTime = new LocalTime()): Promise<UserStory> {
  return await database.transaction(async (tx) => {
    await tx.query('set transaction isolation level repeatable read read only');
    const [settings] = await tx.query<FoundSettings & object>(findSettings, [userId]);
    const policy = await loadPolicy(tx);
    const timezone = knownZone(settings?.timezone ?? null, policy, localTime);
    const [clock] = await tx.query<{ now: Date }>('select clock_timestamp() as now');
    const now = clock?.now ?? new Date();
    const tokens = await tx.query<FoundDevice & object>(findDevicesOfUser, [userId]);
    const recent = await tx.query<FoundRecent & object>(findRecent, [userId, recentNotifications]);
    return {
      userId,
      settings: settings === undefined ? null : describeSettings(settings),
      timezone,
      localTime: new Intl.DateTimeFormat('en-GB', { timeZone: timezone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(now),
      quietUntil: settings === undefined ? null : quietUntil(settings, now, timezone, localTime),
      tokens: tokens.map((token) => ({
        ...describeDevice(token, userId),
        tokenId: token.id,
        registeredAt: token.registeredAt,
      })),
      recent: recent.map(describeRecent),
      cap: await readCap(tx, { userId, at: null, cap: null }, policy),
      stops: await readStops(
        tx,
        null,
        tokens.map((token) => token.projectId),
      ),
    };
  });
}

function describeSettings(found: FoundSettings): NonNullable<UserStory['settings']> {
  const { pushEnabled, timezone, quietHoursEnabled, quietHoursStart, quietHoursEnd, disabledTypes } = found;
  const { startMinute, endMinute } = quietHoursOf(quietHoursStart, quietHoursEnd);
  const quietHours = quietHoursEnabled ? { start: timeOfDay(startMinute), end: timeOfDay(endMinute) } : null;
  return { pushEnabled, timezone, quietHours, disabledTypes };
}

function quietUntil(found: FoundSettings, now: Date, timezone: string, localTime: LocalTime): Date | null {
  const quiet = quietHoursOf(found.quietHoursStart, found.quietHoursEnd);
  if (!found.quietHoursEnabled || quiet.startMinute === quiet.endMinute || !localTime.isQuiet(quiet, now.getTime(), timezone)) return null;
  return new Date(localTime.quietEnd(quiet, now.getTime(), timezone));
}

function describeRecent({ verdict, deliveries, inOutbox, states, devices, ...row }: FoundRecent): RecentNotification {
  const told = states ?? {};
  const inFlight = (deliveries ?? 0) - Object.values(told).reduce((sum, n) => sum + n, 0);
  const { reason, heldUntil, id, createdAt, type, title } = row;
  const standing: Standing =
    heldUntil !== null
      ? 'held'
      : inOutbox
        ? 'outbox'
        : verdict === 1
          ? 'planned'
          : verdict === 3
            ? 'suppressed'
            : verdict === 2
              ? 'outbox'
              : 'untaken';
  const known = { id, createdAt, type, title, standing, reason, heldUntil };
  return inFlight > 0 ? { ...known, states: { ...told, in_flight: inFlight }, devices: null } : { ...known, states: told, devices };
}
