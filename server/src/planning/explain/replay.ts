import { z } from 'zod';
import { decide } from '../decide.js';
import type { LocalTime } from '../local-time.js';
import type { DecisionInput } from '../planning-types.js';
import type { Policy } from '../policy-cache.js';
import type { NotificationRow } from './story-types.js';

/** What `recordedInputs` wrote, read leniently: rows may be older than this program. */
const recordedSchema = z.object({
  settings: z
    .object({
      pushEnabled: z.boolean(),
      timezone: z.string().nullable(),
      quietHours: z.object({ startMinute: z.number(), endMinute: z.number() }).nullable(),
      disabledTypes: z.array(z.string()),
    })
    .nullable(),
  history: z.object({ duplicateOf: z.string().nullable(), capReached: z.boolean() }),
  devices: z.array(z.string()),
  type: z.object({ enabled: z.boolean(), urgent: z.boolean(), capped: z.boolean(), ttlSeconds: z.number() }),
  defaultTimezone: z.string(),
  releaseSpreadSeconds: z.number().optional(),
  broadcastState: z.string().nullable(),
  now: z.coerce.date(),
  spread: z.number(),
  cap: z.object({ limit: z.number(), windowSeconds: z.number() }).optional(),
});

type Recorded = z.output<typeof recordedSchema>;

export interface PastDecision {
  readonly at: Date;
  readonly verdict: 'send' | 'hold' | 'suppress';
  readonly reason: string | null;
  readonly holdUntil: Date | null;
  readonly deliveries: number;
  readonly inputs: unknown;
}

interface Circumstances {
  readonly notification: (NotificationRow & { readonly payloadBytes: number }) | null;
  readonly broadcastCancelledAt: Date | null;
  readonly policy: Policy;
  readonly localTime: LocalTime;
}

export function duplicateOf(inputs: unknown): string | null {
  const recorded = recordedSchema.safeParse(inputs);
  return recorded.success ? recorded.data.history.duplicateOf : null;
}

/** The cap as it was set when it decided; null: it did not, or that was not recorded. */
export function capOf(inputs: unknown): { readonly limit: number; readonly windowSeconds: number } | null {
  const recorded = recordedSchema.safeParse(inputs);
  return recorded.success ? (recorded.data.cap ?? null) : null;
}

/**
 * Asks decide() again, with what was recorded; where nothing was, with what that means (no settings, no history, the type as it is today).
 * same: null when the notification's row is gone, unless it was gone then.
 */
export function replay(past: PastDecision, circumstances: Circumstances): { readonly same: boolean | null; readonly today: string | null } {
  const { notification } = circumstances;
  if (notification === null) return { same: past.reason === 'row_deleted' ? true : null, today: null };
  if (past.reason === 'row_deleted') return { same: null, today: null };
  const recorded = recordedSchema.safeParse(past.inputs);
  if (past.inputs !== null && !recorded.success) return { same: null, today: null };
  const today = decide(inputOf(past, notification, recorded.success ? recorded.data : null, circumstances), circumstances.localTime);
  const reason = today.verdict === 'send' ? null : today.reason;
  const said = reason === null ? today.verdict : `${today.verdict}: ${reason}`;
  if (today.verdict !== past.verdict || reason !== past.reason) return { same: false, today: said };
  // Until when it was held follows from the spread as well, which older records lack.
  const knowsUntil = recorded.success && recorded.data.releaseSpreadSeconds !== undefined;
  if (today.verdict !== 'hold' || !knowsUntil || today.until.getTime() === past.holdUntil?.getTime()) return { same: true, today: null };
  return { same: false, today: `${said}, ${today.until.toISOString()}` };
}

function inputOf(
  past: PastDecision,
  notification: NotificationRow & { readonly payloadBytes: number },
  recorded: Recorded | null,
  { policy, broadcastCancelledAt }: Circumstances,
): DecisionInput {
  const wasCancelled =
    recorded === null ? broadcastCancelledAt !== null && broadcastCancelledAt <= past.at : recorded.broadcastState === 'cancelled';
  const devices = recorded?.devices ?? new Array<string>(Math.max(1, past.deliveries)).fill('device');
  return {
    notification: { ...notification, broadcastCancelled: wasCancelled },
    type: recorded?.type ?? policy.typeRules(notification.type),
    settings: recorded?.settings ?? null,
    devices: devices.map((tokenId) => ({ tokenId, projectId: 1 })),
    history: recorded?.history ?? { duplicateOf: null, capReached: false },
    policy:
      recorded === null
        ? policy
        : {
            ...policy,
            defaultTimezone: recorded.defaultTimezone,
            releaseSpreadSeconds: recorded.releaseSpreadSeconds ?? policy.releaseSpreadSeconds,
          },
    now: recorded?.now ?? past.at,
    spread: recorded?.spread ?? 0,
  };
}
