import type { Registry } from 'prom-client';
import type { Clock } from '../clock/clock.js';
import type { Database } from '../database/database.js';
import type { Logger } from '../logging/logger.js';
import type { AlertManager } from '../monitoring/alerts/alert-manager.js';
import type { ReportDesk } from '../monitoring/reports/report-desk.js';
import type { BroadcastManager } from '../notifications/broadcasts/broadcast-manager.js';
import type { Inbox } from '../notifications/inbox.js';
import type { NotificationService } from '../notifications/notification-service.js';
import type { ControlPanel } from '../operations/controls.js';
import type { ControlsCache } from '../operations/controls-cache.js';
import type { DoctorReport } from '../operations/doctor/run-doctor.js';
import type { SharedCaches } from '../performance/caches/shared-caches.js';
import type { NotificationPerformanceOptimizer } from '../performance/notification-performance-optimizer.js';
import type { PolicyManager } from '../planning/policy-manager.js';
import type { Provider } from '../providers/provider.js';
import type { QueueEngine } from '../queue/queue-engine.js';
import type { ApiKeys } from '../security/api-keys.js';
import type { UserTokenVerifier } from '../security/user-jwt.js';
import type { PushTokenManager } from '../tokens/push-token-manager.js';
import type { CallerLimits } from './caller-limits.js';

/** What the HTTP door needs of the house. */
export interface HttpParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Registry;
  readonly apiKeys: ApiKeys;
  readonly userTokens: UserTokenVerifier;
  /** null: nobody is limited. */
  readonly limits: CallerLimits | null;
  readonly notificationService: NotificationService;
  readonly broadcastManager: BroadcastManager;
  readonly pushTokenManager: PushTokenManager;
  readonly inbox: Inbox;
  /** Of what users are shown. */
  readonly caches: SharedCaches;
  readonly controlPanel: ControlPanel;
  /** Forgotten when a switch is turned here. */
  readonly controls: ControlsCache;
  readonly queue: Pick<QueueEngine, 'depth'>;
  readonly policyManager: PolicyManager;
  readonly alertManager: AlertManager;
  readonly reportDesk: ReportDesk;
  /** For a look at whether they answer. */
  readonly providers: readonly Provider[];
  /** Looks at everything that the system stands on. */
  readonly doctor: () => Promise<DoctorReport>;
  readonly notificationPerformanceOptimizer: NotificationPerformanceOptimizer;
  /** Versions of the migrations that this checkout has, for readiness. */
  readonly migrations: readonly string[];
  /** Whether a worker runs in this process, for readiness. */
  readonly sends: boolean;
  /** The version that /v1/status tells operators. */
  readonly version: string;
}
