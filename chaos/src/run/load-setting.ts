/** What the load generator is told at its start, as JSON in CHAOS_LOAD. */
export interface LoadSetting {
  readonly seed: number;
  /** Through the fault proxies. */
  readonly api: string;
  readonly databaseUrl: string;
  readonly key: string;
  readonly records: string;
  /** A zone whose clocks change while the run lasts. */
  readonly changingZone: string | null;
}
