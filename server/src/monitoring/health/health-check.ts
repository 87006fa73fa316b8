import { randomBytes, randomUUID } from 'node:crypto';
import type { Database } from '../../database/database.js';
import type { Provider } from '../../providers/provider.js';
import { formatValue } from '../alerts/message/format-value.js';
import { englishWords, japaneseWords } from '../alerts/message/message-words.js';
import { type FigureName, figureOf, meetsTarget } from '../figures.js';
import { readFigures } from '../read-figures.js';
import { type HealthText, healthWords as says } from './health-words.js';

/** One part of the system. `detail`: what is wrong, or how it stands. */
interface HealthCheck {
  readonly status: 'ok' | 'failed';
  readonly detail: HealthText;
  readonly durationMs: number;
}

export interface HealthReport {
  readonly status: 'healthy' | 'unhealthy';
  readonly checks: {
    readonly database: HealthCheck;
    readonly pushService: HealthCheck;
    readonly queueService: HealthCheck;
    readonly cacheService: HealthCheck;
  };
  /** ISO 8601. */
  readonly timestamp: string;
}

export interface HealthParts {
  readonly database: Database;
  readonly providers: readonly Provider[];
}

/** A part that does not answer within this time has failed. */
const DEADLINE_MS = 5_000;

/** Looks at every part at once; sends nothing to any device. Takes five seconds at most, and never rejects. */
export async function healthCheck(parts: HealthParts): Promise<HealthReport> {
  const [database, pushService, queueService, cacheService] = await Promise.all([
    checkDatabaseConnection(parts),
    checkExpoPushService(parts),
    checkQueueService(parts),
    checkCacheService(parts),
  ]);
  const checks = { database, pushService, queueService, cacheService };
  const isHealthy = Object.values(checks).every(({ status }) => status === 'ok');
  return { status: isHealthy ? 'healthy' : 'unhealthy', checks, timestamp: new Date().toISOString() };
}

/** The database answers, and takes writes. */
export function checkDatabaseConnection({ database }: HealthParts): Promise<HealthCheck> {
  return within(async () => {
    const [row] = await database.query<{ readonly: boolean }>('select pg_is_in_recovery() as readonly');
    if (row?.readonly === true) throw new PartFailed(says.standby());
    return says.answers();
  });
}

/** Asks each provider for the receipt of a ticket that does not exist, and looks whether sending to it is cut off. */
export function checkExpoPushService({ database, providers }: HealthParts): Promise<HealthCheck> {
  return within(async () => {
    const open = await database.query<{ name: string; reason: string | null }>(
      "select provider || '/' || name as name, breaker_reason as reason from push.projects where breaker_state = 'open' order by id",
    );
    if (open.length > 0) throw new PartFailed(says.cutOff(open.map(({ name, reason }) => `${name} (${reason ?? '?'})`).join(', ')));
    const asked = providers.filter(({ limits }) => limits.receiptIds > 0);
    for (const provider of asked) {
      const answer = await provider.receipts([randomUUID()], DEADLINE_MS);
      if (answer.kind !== 'answered') throw new PartFailed(says.provider(provider.name, answer.code));
    }
    return asked.length === 0 ? says.nobodyAsked() : says.answers();
  });
}

const queueFigures = ['workers_alive', 'oldest_item_age_ms', 'outbox_oldest_age_ms'] as const satisfies readonly FigureName[];

function figureText(name: FigureName, value: number): HealthText {
  const { summary, unit } = figureOf(name);
  return {
    en: `${summary.en}: ${formatValue(value, unit, englishWords)}`,
    ja: `${summary.ja}: ${formatValue(value, unit, japaneseWords)}`,
  };
}

/** A worker is alive and nothing is stuck. A queue that an operator paused is well: `detail` says that it is paused. */
export function checkQueueService({ database }: HealthParts): Promise<HealthCheck> {
  return within(async () => {
    const { figures } = await readFigures(database);
    const value = (name: FigureName): number => figures.get(name)?.[0]?.value ?? 0;
    const bad = queueFigures.filter((name) => !meetsTarget(figureOf(name), value(name)));
    if (bad.length > 0) throw new PartFailed(says.offTarget(bad.map((name) => figureText(name, value(name)))));
    if (value('emergency') > 0) return says.emergency();
    return value('paused_ms') > 0 ? says.paused() : says.running();
  });
}

/** What one process says of a change reaches the others: a message of our own comes back. */
export function checkCacheService({ database }: HealthParts): Promise<HealthCheck> {
  return within(async () => {
    const channel = `todoku_health_${randomBytes(8).toString('hex')}`;
    let heard: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const subscription = await database.listen(
      channel,
      () => heard(),
      () => undefined,
    );
    try {
      await database.query('select pg_notify($1, $2)', [channel, '']);
      await bounded(arrived);
    } finally {
      await subscription.close();
    }
    return says.heard();
  });
}

async function within(look: () => Promise<HealthText>): Promise<HealthCheck> {
  const start = performance.now();
  const took = (): number => Math.round(performance.now() - start);
  try {
    const detail = await bounded(look());
    return { status: 'ok', detail, durationMs: took() };
  } catch (error) {
    return { status: 'failed', detail: detailOf(error), durationMs: took() };
  }
}

/** What was thrown by others speaks its own language. */
function detailOf(error: unknown): HealthText {
  if (error instanceof PartFailed) return error.detail;
  return says.threw(error instanceof Error ? error.message : String(error));
}

/** A part that was looked at and is not well. */
class PartFailed extends Error {
  readonly detail: HealthText;

  constructor(detail: HealthText) {
    super(detail.en);
    this.detail = detail;
  }
}

async function bounded<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new PartFailed(says.late(DEADLINE_MS / 1000))), DEADLINE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
