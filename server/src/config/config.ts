import type { LogLevel } from '../logging/create-logger.js';
import type { KeySet } from '../security/key-text.js';
import type { TracingConfig } from '../tracing/tracing-config.js';
import type { Secret } from './secret.js';

type Role = 'api' | 'worker';

/** Everything that the environment says, validated once and passed down. Secrets don't print. Names and meanings: `settings.ts`. */
export interface Config {
  readonly instance: string;
  /** Nothing of Expo is configured: everything goes to the built-in simulator. */
  readonly sandbox: boolean;
  /** Absolute. */
  readonly dataDirectory: string;
  readonly roles: readonly Role[];
  readonly logLevel: LogLevel;
  /** null: pretty at a terminal. */
  readonly logFormat: 'json' | 'pretty' | null;
  readonly pushEnabled: boolean;
  readonly rateLimit: boolean;
  readonly shutdownSeconds: number;
  /** Variables that begin with TODOKU_ and mean nothing: probably misspelt. */
  readonly unknownVariables: readonly string[];
  readonly database: {
    /** null: embedded. */
    readonly url: Secret | null;
    readonly apiConnections: number;
    readonly workerConnections: number;
  };
  readonly http: { readonly host: string; readonly port: number };
  readonly expo: {
    readonly accessToken: Secret | null;
    /** null: the simulator's, in the sandbox. */
    readonly baseUrl: string | null;
  };
  readonly security: {
    /** null: from the key file. */
    readonly keys: KeySet | null;
    readonly userTokens: {
      readonly secret: Secret | null;
      readonly jwksUrl: string | null;
      readonly issuer: string | null;
      readonly audience: string;
    };
  };
  readonly planning: { readonly batch: number; readonly pollMs: number; readonly chunkSize: number };
  readonly delivery: {
    readonly slots: number;
    readonly leaseSeconds: number;
    readonly requestDeadlineMs: number;
    readonly pollMs: number;
  };
  readonly receipts: { readonly delaySeconds: number; readonly pollMs: number };
  readonly alerts: AlertConfig;
  /** null: nothing is traced. */
  readonly tracing: TracingConfig | null;
  readonly reports: ReportConfig;
}

/** Which reports are sent by themselves. */
interface ReportConfig {
  readonly schedule: readonly ('daily' | 'weekly' | 'monthly')[];
  /** Minutes since midnight, on the clocks of the policy's default zone. */
  readonly atMinute: number;
  /** null: every route there is. */
  readonly routes: readonly ('log' | 'webhook' | 'slack' | 'email')[] | null;
  /** null: nobody has said. */
  readonly storageLimitBytes: number | null;
}

type Severity = 'page' | 'warn' | 'info';

/** Where alerts go. Addresses are secrets: who knows them can often post to them. */
interface AlertConfig {
  /** Where people reach the system, without a slash at its end. */
  readonly publicUrl: string | null;
  readonly language: 'en' | 'ja';
  /** 0: unacknowledged pages are told once. */
  readonly remindMinutes: number;
  readonly webhook: { readonly url: Secret; readonly secret: Secret; readonly minSeverity: Severity } | null;
  readonly slack: { readonly url: Secret; readonly minSeverity: Severity } | null;
  readonly email: { readonly url: Secret; readonly from: string; readonly to: readonly string[]; readonly minSeverity: Severity } | null;
  readonly heartbeat: { readonly url: Secret; readonly method: 'GET' | 'POST' } | null;
}
