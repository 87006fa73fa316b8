import { Expo } from 'expo-server-sdk';
import { message, secondsToLive, tokenOf } from '../setup/messages.js';

/** What every queue carries for one notification: ready to be handed to the SDK. */
export interface PushJob {
  readonly to: string;
  readonly title: string;
  readonly body: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly ttl: number;
  readonly priority: 'high';
}

export function jobOf(n: number): PushJob {
  const { title, body, screen } = message;
  return { to: tokenOf(n), title, body, data: { screen, n, _deliveryId: String(n) }, ttl: secondsToLive, priority: 'high' };
}

/** Calls `insert` with the jobs 0 … count - 1, so many at once. */
export async function inParts(count: number, atOnce: number, insert: (jobs: PushJob[]) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < count; from += atOnce) {
    await insert(Array.from({ length: Math.min(atOnce, count - from) }, (_, i) => jobOf(from + i)));
  }
}

/** Sends them as the SDK's documentation shows it, all requests at once. Throws when a message is refused. */
export async function sendAll(expo: Expo, jobs: readonly PushJob[]): Promise<void> {
  const requests = expo.chunkPushNotifications([...jobs]);
  const tickets = await Promise.all(requests.map((messages) => expo.sendPushNotificationsAsync(messages)));
  if (tickets.flat().some((ticket) => ticket.status !== 'ok')) throw new Error('the simulator refused a message');
}

export const createExpo = (maxConcurrentRequests: number): Expo => new Expo({ maxConcurrentRequests });
